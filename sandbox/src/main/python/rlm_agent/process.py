"""One live process of a session, as the agent sees it. Trusts no byte that comes from it."""
import asyncio
import os
import signal
import socket
import struct

from rlm_agent import strict, wire
from rlm_agent.capture import Capture
from rlm_agent.errors import ApiError

_HEAD = struct.Struct(">cI")
_MOST_FRAME = 16 << 20
_MOST_READS = 100  # of 256 KiB: more than the largest frame
_MOST_VALUES = 2000  # 200 variables of three fields, and some
_DEATH_SECONDS = 0.3  # from the end of its channel until its exit must have been seen


class SessionProcess:
    """`on_frame(kind, value)` hears what it reports, `on_death(how)` that it is gone; both at most once a block."""

    def __init__(self, link, number, uid, home, output_bytes):
        self._link = link
        self._loop = asyncio.get_running_loop()
        self.number = number
        self.uid = uid
        self.home = home
        self.pid = None
        self.exit = None  # how it ended, in words
        self.cause = None  # why the agent ended it: "memory", "protocol"
        self.on_frame = None
        self.on_death = None
        self._control, self._child_control = socket.socketpair()
        self._control.setblocking(False)
        out, child_out = os.pipe()
        err, child_err = os.pipe()
        self._child_fds = [child_out, child_err]
        self.stdout = Capture(out, output_bytes)
        self.stderr = Capture(err, output_bytes)
        self._inbox = bytearray()
        self._outbox = memoryview(b"")
        self._started = self._loop.create_future()
        self._started.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._ended = None
        self._exited = self._loop.create_future()
        self._loop.add_reader(self._control, self._readable)

    async def start(self, contexts, fds, limits):
        """Forks it and waits until its contexts are loaded."""
        self._link.on_exit(self.number, self._on_exit)
        self.on_frame = self._starting
        try:
            answer = await self._link.ask(
                "spawned",
                self.number,
                [self._child_control.fileno()] + self._child_fds + fds,
                uid=self.uid,
                home=self.home,
                contexts=contexts,
                **limits
            )
        finally:
            self._close_child_ends()
        self.pid = answer["pid"]
        if self.pid is None:
            self._on_exit(None)
            raise ApiError(503, "no-process", "the session's process cannot be started: %s" % answer["why"])
        await self._started

    def _close_child_ends(self):
        self._child_control.close()
        fds, self._child_fds = self._child_fds, []
        for fd in fds:
            os.close(fd)

    def _starting(self, kind, value):
        if kind == wire.READY:
            self._started.set_result(None)
        elif kind == wire.FAILED and value.get("code") in ("context-invalid", "context-memory"):
            failure = ApiError(422, value["code"], str(value.get("message"))[:1000])
            self._started.set_exception(failure)
        else:
            self.break_off()

    def run(self, number, code):
        """Sends a block."""
        payload = number.to_bytes(4, "big") + code.encode("utf-8", "replace")
        self._outbox = memoryview(bytes(self._outbox) + _HEAD.pack(wire.BLOCK, len(payload)) + payload)
        self._flush()

    def _flush(self):
        # Never blocks: a session that was stopped reads nothing.
        try:
            while self._outbox:
                self._outbox = self._outbox[self._control.send(self._outbox) :]
            self._loop.remove_writer(self._control)
        except BlockingIOError:
            self._loop.add_writer(self._control, self._flush)
        except OSError:
            self._loop.remove_writer(self._control)

    def interrupt(self):
        self._link.tell("signal", self.number, pid=self.pid, signal=int(signal.SIGINT))

    def kill(self):
        """Ends the main process; end() is still needed for all the others."""
        self._link.tell("signal", self.number, pid=self.pid, signal=int(signal.SIGKILL))

    def break_off(self):
        """It said something that a session never says."""
        self.cause = "protocol"
        self.kill()

    def _readable(self):
        if self._control.fileno() < 0:
            return False
        try:
            data = self._control.recv(1 << 18)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._control)
            self._loop.call_later(_DEATH_SECONDS, self._check_death)
            return False
        self._inbox += data
        try:
            self._take_frames()
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            self._inbox.clear()
            self.break_off()
        return True

    def _check_death(self):
        if self.exit is None and self._ended is None:
            self.break_off()  # it lives, but has closed its channel and can never be heard again

    def _take_frames(self):
        while len(self._inbox) >= _HEAD.size:
            if self.on_frame is None:  # before anything of it is kept or parsed
                raise ValueError("a frame that was not asked for")
            kind, length = _HEAD.unpack_from(self._inbox)
            if length > _MOST_FRAME or kind not in (wire.READY, wire.FAILED, wire.DONE):
                raise ValueError("no frame of a session")
            if len(self._inbox) < _HEAD.size + length:
                return
            value = strict.parse(self._inbox[_HEAD.size : _HEAD.size + length], _MOST_VALUES)
            del self._inbox[: _HEAD.size + length]
            if not isinstance(value, dict):
                raise ValueError("no frame of a session")
            self.on_frame(kind, value)

    def _on_exit(self, status):
        for _ in range(_MOST_READS):  # what it said before it ended; a child of it may go on talking
            if not self._readable():
                break
        self.exit = _in_words(status)
        if not self._exited.done():
            self._exited.set_result(None)
        if not self._started.done():
            self._started.set_exception(self._start_failure())
        if self.on_death is not None and self._ended is None:
            self.on_death()

    def _start_failure(self):
        """Its own words came before; so if it was killed while it loaded contexts, that is for their size."""
        if self.cause == "memory" or self.exit == "signal 9 (SIGKILL)":
            message = "the contexts need more memory than the session may have (%s)" % self.exit
            return ApiError(422, "context-memory", message)
        message = "the session's process ended before it was ready: %s" % self.exit
        return ApiError(500, "no-process", message + self.stderr.take()[0][-2000:])

    async def sweep(self):
        """Ends every process of the session but the main one; True when they are gone."""
        answer = await self._link.ask("sweep", self.number, pid=self.pid, uid=self.uid)
        return answer["clean"]

    def end(self, **places):
        """Kills all processes, removes all files: a future of the answer {"clean", "why"}. May be called again."""
        if self._ended is None:
            self._ended = self._loop.create_task(self._end(places))
        return asyncio.shield(self._ended)

    async def _end(self, places):
        request = dict(places, pid=self.pid, uid=self.uid, home=self.home)
        answer = await self._link.ask("end", self.number, **request)
        if self.pid is not None and answer["clean"]:
            await self._exited
        self._close_child_ends()
        death, self.on_frame, self.on_death = self.on_death, None, None
        if death is not None:
            death()
        self._loop.remove_reader(self._control)
        self._loop.remove_writer(self._control)
        self._control.close()
        self.stdout.close()
        self.stderr.close()
        return answer


def _in_words(status):
    if status is None:
        return "never started"
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = "unknown"
        return "signal %d (%s)" % (number, name)
    return "code %d" % os.WEXITSTATUS(status)
