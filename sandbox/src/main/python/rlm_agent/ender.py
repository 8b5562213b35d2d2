"""A process that ends sessions one after the other, so that the usual end costs no fork.

It takes a session's uid for a moment and is root again after it. So it does what is quickly done and nothing else; what
it could not end or remove is left to a helper, which takes the session's uid for good and has all the time it needs.
"""
import contextlib
import json
import os
import socket
import time
from collections import deque

from rlm_agent import ending, proc, sweeping

_BRIEF_SECONDS = 0.1
_BRIEF_ENTRIES = 1000
_MOST_MESSAGE = 1 << 17


class Ender:
    """The template's hold on it: one request at a time is under way, the others wait here."""

    def __init__(self):
        self.socket = None
        self._requests = deque()  # the first one is under way

    def start(self, leave):
        """Forks it; `leave` rids the child of what is the template's. True when that worked."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            return False
        if pid == 0:
            leave()
            ours.close()
            _serve(theirs)
        theirs.close()
        self.socket = ours
        return True

    def ask(self, request):
        """Ends a session, in its turn."""
        self._requests.append(request)
        if len(self._requests) == 1:
            self._send()

    def _send(self):
        try:
            self.socket.send(json.dumps(self._requests[0]).encode())
        except OSError:  # it has ended: the next answer says so
            pass

    def answer(self):
        """(request, what became of it), or None when the process has ended."""
        try:
            data = self.socket.recv(_MOST_MESSAGE)
        except OSError:
            data = b""
        if not data or not self._requests:
            return None
        request = self._requests.popleft()
        if self._requests:
            self._send()
        return request, json.loads(data)

    def give_up(self):
        """Forgets the process; returns the requests that it did not answer."""
        self.close()
        requests, self._requests = list(self._requests), deque()
        return requests

    def close(self):
        """Lets go of the channel, at whose end the process ends."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def _serve(channel):
    """Never returns."""
    try:
        proc.name_process("rlm_ender")
        os.setsid()
        usual = _scheduling()
        while True:
            data = channel.recv(_MOST_MESSAGE)
            if not data:
                return
            channel.send(json.dumps(_end(json.loads(data))).encode())
            # While it has a session's uid, processes of that uid may change this, and it cannot be put back.
            if _scheduling() != usual:
                return
    except OSError:  # the template is gone
        pass
    finally:
        os._exit(0)


def _scheduling():
    own = [os.getpriority(os.PRIO_PROCESS, 0)]
    for what in ("sched_getscheduler", "sched_getaffinity"):  # musl has no such calls
        if hasattr(os, what):
            own.append(getattr(os, what)(0))
    return own


def _end(request):
    sweeper = sweeping.Sweeper(time.monotonic() + _BRIEF_SECONDS, _BRIEF_ENTRIES)
    with _acting_as(request["uid"]):
        try:
            return ending.clear(request, _BRIEF_SECONDS, sweeper)
        except OSError as failure:
            return {"clean": False, "why": str(failure)}


@contextlib.contextmanager
def _acting_as(uid):
    """As ending.take, but root is kept in the saved ids, to which no other process's permissions are compared."""
    os.setgroups([])
    os.setresgid(uid, uid, 0)
    os.setresuid(uid + 1, uid, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)
