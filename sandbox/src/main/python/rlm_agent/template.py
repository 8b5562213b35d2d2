"""The process that sessions are forked from: single-threaded, with everything imported, the only one that reaps."""
import array
import gc
import json
import os
import select
import signal
import socket
import sys

from rlm_agent import ending, proc, session
from rlm_agent.ender import Ender

_MOST_MESSAGE = 1 << 17
_MOST_FDS = 128


class Template:
    """Does what the agent asks over a SEQPACKET channel until that closes; then ends all that is left."""

    def __init__(self, channel, config):
        self._channel = channel
        self._config = config
        self._mains = {}  # pid of a session's main process -> its number
        self._helpers = {}  # pid of a helper -> (request, pipe)
        self._live = {}  # number -> the spawn request, until it was ended
        self._ending_without_uid = False
        self._deferred = []
        self._ender = Ender()
        self._wake = self._listen_to_children()
        self._poll = select.poll()
        self._poll.register(channel, select.POLLIN)
        self._poll.register(self._wake, select.POLLIN)

    def _listen_to_children(self):
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return reader

    def run(self):
        while True:
            for fd, _ in self._poll.poll():
                if fd == self._wake:
                    os.read(self._wake, 4096)
                    self._reap()
                elif fd != self._channel.fileno():
                    self._hear_ender()
                elif not self._serve():
                    return self._end_all()

    def _serve(self):
        data, fds = self._receive()
        if not data:
            return False
        self._do(json.loads(data), fds)
        return True

    def _do(self, request, fds):
        operation = request["op"]
        if self._ending_without_uid and operation not in ("signal", "kill"):
            # That helper takes every child of this process which it does not know for an orphan of its session.
            self._deferred.append((request, fds))
        elif operation == "spawn":
            self._spawn(request, fds)
        elif operation == "signal":
            if request["pid"] in self._mains:  # not reaped yet, so the number is still that process
                try:
                    os.kill(request["pid"], request["signal"])
                except OSError:
                    pass
        elif operation == "kill":
            ending.kill_now(list(self._mains), {one["uid"] for one in self._live.values()})
        elif operation == "end" and request["uid"] is not None and self.start_ender():
            self._ender.ask(request)
        else:
            self._help(request)

    def _receive(self):
        space = socket.CMSG_SPACE(_MOST_FDS * array.array("i").itemsize)
        try:
            data, ancillary, _, _ = self._channel.recvmsg(_MOST_MESSAGE, space)
        except ConnectionError:
            return b"", []
        fds = array.array("i")
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
        return data, list(fds)

    def _send(self, message):
        try:
            self._channel.send(json.dumps(message).encode())
        except OSError:  # the agent is gone: the next receive ends the loop
            pass

    def _spawn(self, request, fds):
        try:
            pid = os.fork()
        except OSError as failure:
            pid = None
            self._send({"op": "spawned", "n": request["n"], "pid": None, "why": str(failure)})
        if pid == 0:
            self._leave()
            session.become(request, fds, os.getppid())
        for fd in fds:
            os.close(fd)
        if pid is not None:
            self._mains[pid] = request["n"]
            self._live[request["n"]] = dict(request, pid=pid)
            self._send({"op": "spawned", "n": request["n"], "pid": pid})

    def _leave(self):
        """In a child: nothing of the template may reach it."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._channel.close()
        self._ender.close()
        self._helpers = self._live = None

    def start_ender(self):
        """True when there is one. It is forked while there are no sessions yet, or again when it has ended."""
        if self._ender.socket is None:
            if not self._ender.start(self._leave):
                return False
            self._poll.register(self._ender.socket, select.POLLIN)
        return True

    def _hear_ender(self):
        answered = self._ender.answer()
        if answered is None:
            self._poll.unregister(self._ender.socket)
            for request in self._ender.give_up():
                self._help(request)
            return
        request, answer = answered
        if answer["clean"]:
            self._finish(request, answer)
        else:
            self._help(request)

    def _help(self, request):
        """Runs one of ending's functions in a child, whose output line is the answer."""
        number = request.get("n")
        if number in self._live:
            request["pid"] = self._live[number]["pid"]
        reader, writer = os.pipe()
        others = [pid for pid, one in self._mains.items() if one != number]
        alone = not others
        keep = set(others) | set(self._helpers) | {os.getpid(), os.getppid()}
        try:
            pid = os.fork()
        except OSError as failure:
            os.close(reader)
            os.close(writer)
            self._send({"op": request["op"], "n": request.get("n"), "clean": False, "why": str(failure)})
            return
        if pid == 0:
            self._leave()
            os.close(reader)
            ending.help_and_exit(request, writer, keep, alone, self._config)
        os.close(writer)
        self._helpers[pid] = (request, reader)
        if request["op"] == "end" and request["uid"] is None:
            self._ending_without_uid = True

    def _reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._mains:
                number = self._mains.pop(pid)
                self._send({"op": "exited", "n": number, "pid": pid, "status": status})
            elif pid in self._helpers:
                self._answer(*self._helpers.pop(pid))

    def _answer(self, request, reader):
        pieces = []
        while True:
            piece = os.read(reader, 1 << 16)
            if not piece:
                break
            pieces.append(piece)
        os.close(reader)
        try:
            answer = json.loads(b"".join(pieces))
        except ValueError:
            answer = {"clean": False, "why": "the helper died"}
        self._finish(request, answer)

    def _finish(self, request, answer):
        if request["op"] == "end":
            self._live.pop(request["n"], None)
            try:
                os.rmdir(request["home"])
            except OSError as failure:
                answer = {"clean": False, "why": answer.get("why") or str(failure)}
        answer.update(op=request["op"], n=request.get("n"))
        self._send(answer)
        if self._ending_without_uid and request["op"] == "end":
            self._ending_without_uid = False
            deferred, self._deferred = self._deferred, []
            for later in deferred:
                self._do(*later)

    def _end_all(self):
        """The agent is gone: nothing of the sessions may outlive it."""
        self._channel.close()
        for pid, (request, _) in self._helpers.items():
            if request["op"] == "folders":  # nobody waits for it any more
                os.kill(pid, signal.SIGKILL)
        for request in list(self._live.values()):
            self._help(dict(request, op="end"))
        self._ender.close()
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        while self._helpers:
            poll.poll(1000)
            try:
                os.read(self._wake, 4096)
            except BlockingIOError:
                pass
            self._reap()
        for name in ("contextsDir", "workDir"):
            ending.remove_folder(self._config[name])


def main(fd, config):
    """The template's life."""
    proc.name_process("rlm_template")
    proc.prctl(proc.PR_SET_DUMPABLE, 0)
    proc.prctl(proc.PR_SET_CHILD_SUBREAPER, 1)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    channel = socket.socket(fileno=fd)
    template = Template(channel, config)
    uids, reason = ending.probe_uids(config)
    template._send({"op": "hello", "uids": uids, "why": reason})
    gc.collect()
    gc.freeze()
    if uids:
        template.start_ender()
    template.run()
    sys.exit(0)
