"""The agent's end of the channel to the template: starts it, asks it, hears what it reaped."""
import array
import asyncio
import json
import os
import socket
import sys
from collections import deque

from rlm_agent import proc

_LOADER = (
    "import json,os,sys,zlib\n"
    "fds=[int(a) for a in sys.argv[1:4]]\n"
    "def take(fd):\n"
    " with open(fd,'rb') as pipe: return pipe.read()\n"
    "sources=json.loads(zlib.decompress(take(fds[0])).decode())\n"
    "config=json.loads(take(fds[1]).decode())\n"
    "scope={'__name__':'rlm_agent_loader'}\n"
    "exec(compile(sources['loader'],'<rlm_agent/loader.py>','exec'),scope)\n"
    "scope['install'](sources)\n"
    "from rlm_agent import template\n"
    "template.main(fds[2],config)\n"
)
_MOST_MESSAGE = 1 << 17


def start_template(packed, config, environment):
    """Execs the template, so that it holds nothing of the agent's memory or environment. Returns (pid, channel)."""
    config = {name: config[name] for name in ("workDir", "contextsDir", "uids", "firstUid")}
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # What it needs to know comes by nameless files: a command line can be read by every process.
    texts = (packed, json.dumps(config).encode())
    fds = [_nameless_file(config["workDir"] + "/start", text) for text in texts] + [theirs.detach()]
    for fd in fds:
        os.set_inheritable(fd, True)
    arguments = [sys.executable, "-I", "-c", _LOADER] + [str(fd) for fd in fds]
    name, value = proc.LARGE_PAGES
    environment = {name: value, **environment}
    actions = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_RDWR, 0) for number in (0, 1)]
    pid = os.posix_spawn(sys.executable, arguments, environment, file_actions=actions)
    for fd in fds:
        os.close(fd)
    ours.setblocking(False)
    return pid, ours


def _nameless_file(path, data):
    """Not a pipe: past the user's share of memory for pipes, writing much into one waits for a reader."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.unlink(path)
    while data:
        data = data[os.write(fd, data) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


class Link:
    """Requests are answered in any order; each answer names its request's operation and number."""

    def __init__(self, channel, on_lost):
        self._channel = channel
        self._on_lost = on_lost
        self._answers = {}  # (operation, number) -> future
        self._exits = {}  # number -> callback(status)
        self._outbox = deque()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(channel, self._readable)

    def expect(self, operation, number=None):
        """The next answer of that kind, as a future."""
        future = self._loop.create_future()
        self._answers[operation, number] = future
        return future

    async def ask(self, operation, number=None, fds=(), **fields):
        """Sends a request and waits for its answer."""
        future = self.expect(operation, number)
        self.tell(operation if operation != "spawned" else "spawn", number, fds, **fields)
        return await asyncio.shield(future)

    def tell(self, operation, number=None, fds=(), **fields):
        """Sends a request that has no answer."""
        message = json.dumps(dict(fields, op=operation, n=number)).encode()
        self._outbox.append((message, [os.dup(fd) for fd in fds]))
        self._flush()

    def on_exit(self, number, callback):
        """`callback(status)` once the main process of that session was reaped."""
        self._exits[number] = callback

    def _flush(self):
        while self._outbox:
            message, fds = self._outbox[0]
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
            try:
                self._channel.sendmsg([message], rights)
            except BlockingIOError:
                self._loop.add_writer(self._channel, self._flush)
                return
            except OSError:
                self._lost()
                return
            self._outbox.popleft()
            for fd in fds:
                os.close(fd)
        self._loop.remove_writer(self._channel)

    def _readable(self):
        while True:
            try:
                data = self._channel.recv(_MOST_MESSAGE)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                return self._lost()
            self._hear(json.loads(data))

    def _hear(self, message):
        operation, number = message["op"], message.get("n")
        if operation == "exited":
            callback = self._exits.pop(number, None)
            if callback is not None:
                callback(message["status"])
            return
        future = self._answers.pop((operation, number), None)
        if future is not None and not future.done():
            future.set_result(message)

    def _lost(self):
        self._loop.remove_reader(self._channel)
        self._loop.remove_writer(self._channel)
        self._on_lost()

    def close(self):
        self._loop.remove_reader(self._channel)
        self._loop.remove_writer(self._channel)
        self._channel.close()
