"""The agent: reads its settings, starts the template, serves until its lease is over."""
import asyncio
import binascii
import json
import os
import resource
import signal
import socket
import sys

from rlm_agent import config as configuration
from rlm_agent import link as links
from rlm_agent import log, proc, uids
from rlm_agent.accepting import Acceptor
from rlm_agent.broker import Broker
from rlm_agent.contexts import Contexts
from rlm_agent.ending import kill_descendants, remove_folder
from rlm_agent.memory import MemoryWatcher
from rlm_agent.registry import Registry
from rlm_agent.routes import Api
from rlm_agent.server import Connection

_HELLO_SECONDS = 60
_END_SECONDS = 0.9
_TEMPLATE_SECONDS = 0.5


class Agent:
    """Everything of one agent, on one event loop."""

    def __init__(self, config):
        self.config = config
        self.python = ".".join(map(str, sys.version_info[:3]))
        self.broker = None
        self.contexts = None
        self.registry = None
        self._link = None
        self._api = None
        self._lease_end = 0.0
        self._over = None
        self._exit_code = 0
        self._tasks = []

    def renew_lease(self):
        """Called at the start of each poll."""
        self._lease_end = asyncio.get_running_loop().time() + self.config["leaseSeconds"]

    def shut_down(self, code=0):
        """Ends the sessions and the agent."""
        if not self._over.done():
            self._exit_code = code
            self._over.set_result(None)

    async def run(self, template, channel, block):
        """Serves until shut_down; returns the exit code."""
        loop = asyncio.get_running_loop()
        self._over = loop.create_future()
        self._link = links.Link(channel, lambda: self.shut_down(4))
        loop.add_signal_handler(signal.SIGTERM, self.shut_down)
        hello = self._link.expect("hello")
        self.broker = Broker(binascii.hexlify(os.urandom(12)).decode())
        self.contexts = Contexts(self.config["contextsDir"])
        self._api = Api(self)
        if self.config["endWithStdin"]:
            loop.add_reader(0, self._read_stdin)
        listener = _listen(self.config["listen"])
        await asyncio.wait([hello, self._over], timeout=_HELLO_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not hello.done():
            print(json.dumps({"ready": False, "error": "the agent's template process did not start"}), flush=True)
            self._link.close()
            kill_descendants()
            remove_folder(self.config["workDir"])
            return self._exit_code or 4
        hello = hello.result()
        self.registry = Registry(self.config, self._link, self.broker, self.contexts, hello["uids"], block)
        self.renew_lease()
        acceptor = Acceptor(listener, lambda: Connection(self._api), self._api.unwelcome)
        self._announce(listener, hello)
        self.registry.spawn(self.registry.folders())  # takes a moment that the first session's end should not wait for
        watcher = MemoryWatcher(self.registry, self._link)
        self._tasks = [loop.create_task(self._guard(work)) for work in (self._keep_lease(), watcher.run())]
        await self._over
        acceptor.close()
        await self._end(template)
        return self._exit_code

    def _announce(self, listener, hello):
        ready = {"ready": True, "uids": hello["uids"], "python": self.python}
        if listener.family != socket.AF_UNIX:
            ready["port"] = listener.getsockname()[1]
        if hello["why"]:
            ready["uidsReason"] = hello["why"]
        print(json.dumps(ready), flush=True)

    def _read_stdin(self):
        """Nothing is ever written to it; its end is the worker's."""
        if not os.read(0, 4096):
            asyncio.get_running_loop().remove_reader(0)
            log.warn("the worker is gone: ending")
            self.shut_down()

    async def _keep_lease(self):
        loop = asyncio.get_running_loop()
        while loop.time() < self._lease_end:
            await asyncio.sleep(min(1.0, self._lease_end - loop.time()))
            self._api.expire(loop.time())
            self.registry.doors.expire(loop.time())
        log.warn("nobody polled for %g s: ending" % self.config["leaseSeconds"])
        self.shut_down()

    async def _guard(self, work):
        """Without its lease or its memory watcher the agent must not go on."""
        try:
            await work
        except Exception:
            log.failed("the agent")
            self.shut_down(4)

    async def _end(self, template):
        """Once the channel closes the template ends what is left of the sessions, and the work folder."""
        for task in self._tasks:
            task.cancel()
        self._link.tell("kill")
        try:
            await asyncio.wait_for(self.registry.close_all(), _END_SECONDS)
        except asyncio.TimeoutError:
            pass
        self._link.close()
        end = asyncio.get_running_loop().time() + _TEMPLATE_SECONDS
        while os.waitpid(template, os.WNOHANG)[0] == 0 and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.002)
        kill_descendants()  # of a template that was killed or stopped: they fell to this process


def _listen(address):
    kind, _, place = address.partition(":")
    if kind == "unix":
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(place)
        os.chmod(place, 0o600)
        return listener
    host, _, port = place.rpartition(":")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host.strip("[]"), int(port)))
    return listener


def _settle():
    """The agent's own process: unreadable for sessions of the same uid, deaf to the terminal's Ctrl-C.

    Returns how many descriptors it may have.
    """
    proc.name_process("rlm_agent")
    proc.prctl(proc.PR_SET_DUMPABLE, 0)
    proc.prctl(proc.PR_SET_CHILD_SUBREAPER, 1)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    os.umask(0o077)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return 1 << 20 if hard == resource.RLIM_INFINITY else hard


def main(packed):
    """The agent's life. Exit codes: 0 ended as asked or by its lease, 2 wrong settings, 3 python too old, 4 broken."""
    try:
        config, environment = configuration.read(os.environ)
        configuration.make_work_dir(config["workDir"])
        config["descriptors"] = _settle()
        block = uids.choose(config["firstUid"])
        config["firstUid"] = block.first
        template, channel = links.start_template(packed, config, environment)
        code = asyncio.run(Agent(config).run(template, channel, block))
    except (configuration.ConfigError, OSError) as failure:
        print(json.dumps({"ready": False, "error": str(failure)}), flush=True)
        code = 2
    os._exit(code)
