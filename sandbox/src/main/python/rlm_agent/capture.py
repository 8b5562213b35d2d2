"""What a session writes to stdout or stderr, as the agent reads it from the pipe."""
import asyncio
import fcntl
import os
import struct
import termios

_PIECE = 1 << 16
_CONTINUATION = bytes(range(0x80, 0xC0))  # UTF-8 bytes that begin no code point


class Capture:
    """Keeps the head of one block's output and counts the rest. Always reads on, so that no writer waits for ever."""

    def __init__(self, fd, limit):
        self._fd = fd
        self._limit = limit
        self._kept = bytearray()
        self._dropped = 0  # code points
        self._open = True
        os.set_blocking(fd, False)
        asyncio.get_running_loop().add_reader(fd, self._readable)

    def _readable(self):
        try:
            data = os.read(self._fd, _PIECE)
        except BlockingIOError:
            return
        if data:
            self._add(data)
        else:
            self.close()

    def _add(self, data):
        room = self._limit - len(self._kept)
        if room > 0:
            self._kept += data[:room]
            data = data[room:]
        self._dropped += _code_points(data)

    def drain(self):
        """Reads exactly what is in the pipe now: an endless printer cannot hold the agent here."""
        if not self._open:
            return
        left = struct.unpack("i", fcntl.ioctl(self._fd, termios.FIONREAD, b"\0\0\0\0"))[0]
        while left > 0 and self._open:
            try:
                data = os.read(self._fd, min(left, _PIECE))
            except BlockingIOError:
                return
            if not data:
                return
            left -= len(data)
            self._add(data)

    def begin(self):
        """A block begins: how many code points came since the last one ended."""
        self.drain()
        return _code_points(self._kept) + self._dropped

    def take(self):
        """(text, code points in all) of what came; starts anew."""
        self.drain()
        kept, dropped = self._kept, self._dropped
        self._kept, self._dropped = bytearray(), 0
        if dropped:
            whole = _whole_length(kept)
            if whole < len(kept):  # the cut went through a code point
                dropped += 1
                del kept[whole:]
        text = kept.decode("utf-8", "replace")
        return text, len(text) + dropped

    def close(self):
        if self._open:
            self._open = False
            asyncio.get_running_loop().remove_reader(self._fd)
            os.close(self._fd)


def _code_points(data):
    return len(data.translate(None, _CONTINUATION))


def _whole_length(data):
    """How many bytes of `data` are left without a code point that is cut off at its end."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if needed > back else len(data)
        if byte < 0x80:
            break
    return len(data)
