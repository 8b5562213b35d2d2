"""Standard streams and signal handlers of a session: put back before each block, whatever the last one did to them."""
import sys
from _signal import SIG_SETMASK, getsignal, pthread_sigmask, setitimer, signal
from _signal import ITIMER_PROF, ITIMER_REAL, ITIMER_VIRTUAL
from io import FileIO, TextIOWrapper, BufferedWriter, BufferedReader
from os import dup2, fstat
from sys import getrecursionlimit, setrecursionlimit

_LEAST_RECURSION = 1000


class Streams:
    """`copies` are descriptors of stdin, stdout and stderr that session code is not expected to touch."""

    def __init__(self, copies):
        self._copies = copies
        self._inodes = [self._inode(copy) for copy in copies]
        self._handlers = []
        self._open()

    def remember_handlers(self):
        """What quiet() goes back to."""
        self._handlers = [(number, getsignal(number)) for number in range(1, 65) if _settable(number)]

    @staticmethod
    def _inode(fd):
        try:
            status = fstat(fd)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _open(self):
        self._stdin = TextIOWrapper(BufferedReader(FileIO(0, "r", closefd=False)), "utf-8", "replace")
        self._stdout = self._writer(1)
        self._stderr = self._writer(2)
        sys.stdin, sys.stdout, sys.stderr = self._stdin, self._stdout, self._stderr
        sys.__stdin__, sys.__stdout__, sys.__stderr__ = self._stdin, self._stdout, self._stderr

    @staticmethod
    def _writer(fd):
        # Line-buffered, so that lines of children and of os.write stand in the order they were written.
        raw = BufferedWriter(FileIO(fd, "w", closefd=False))
        return TextIOWrapper(raw, "utf-8", "backslashreplace", line_buffering=True)

    def restore(self):
        """Before a block."""
        moved = [fd for fd in range(3) if self._inode(fd) != self._inodes[fd]]
        if moved or self._stdin.closed or self._stdout.closed or self._stderr.closed:
            # Let go of the old ones first, so that what they still hold cannot turn up in this block's output.
            self._stdin = self._stdout = self._stderr = sys.stdin = sys.stdout = sys.stderr = None
            sys.__stdin__ = sys.__stdout__ = sys.__stderr__ = None
            for fd in moved:
                dup2(self._copies[fd], fd)
            self._open()
        sys.stdin, sys.stdout, sys.stderr = self._stdin, self._stdout, self._stderr

    def quiet(self):
        """After a block: its timers and handlers must not fire in the code between blocks."""
        for timer in (ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF):
            setitimer(timer, 0)
        for number, handler in self._handlers:
            if getsignal(number) is not handler:
                signal(number, handler)
        pthread_sigmask(SIG_SETMASK, ())
        if getrecursionlimit() < _LEAST_RECURSION:
            setrecursionlimit(_LEAST_RECURSION)

    def flush(self):
        """Flushes the streams of this session, also those that the block put in their place."""
        for stream in (sys.stdout, sys.stderr, self._stdout, self._stderr):
            try:
                stream.flush()
            except Exception:
                continue

    def lost(self):
        """A sentence about output that cannot have arrived, or None."""
        names = ("stdout", "stderr")
        gone = [name for fd, name in enumerate(names, 1) if self._inode(fd) != self._inodes[fd]]
        if gone:
            verb = "descriptors were" if len(gone) > 1 else "descriptor was"
            return "The %s %s closed or redirected; what was printed there is lost." % (" and ".join(gone), verb)
        swapped = [name for name in names if getattr(sys, name, None) is not getattr(self, "_" + name)]
        if swapped:
            named = " and ".join("sys." + name for name in swapped)
            return "%s had been replaced; what was printed there is not shown. It has been put back." % named
        return None


def _settable(number):
    try:
        return getsignal(number) is not None and number not in (9, 19, 32, 33)
    except ValueError:
        return False
