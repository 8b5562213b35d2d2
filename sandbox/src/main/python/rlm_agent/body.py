"""The body of one request, taken apart as its bytes come in."""
import asyncio
from collections import deque

from rlm_agent.errors import ApiError, bad_request

_MOST_LINE = 4096


class Body:
    """Pieces of a body, in order. Chunked when `length` is None."""

    def __init__(self, connection, length):
        self._connection = connection
        self._chunked = length is None
        self._left = length or 0  # of the body, or of the current chunk
        self._part = "size" if self._chunked else "data"
        self._pieces = deque()
        self._waiter = None
        self._failed = False
        self.queued = 0
        self.ended = length == 0

    def feed(self, buffer):
        """Takes from `buffer` what belongs to the body."""
        while buffer and not self.ended:
            if self._part == "data":
                self._take_data(buffer)
            elif not self._take_line(buffer):
                break
        self._wake()

    def _take_data(self, buffer):
        piece = bytes(buffer[: self._left])
        del buffer[: len(piece)]
        self._left -= len(piece)
        self._pieces.append(piece)
        self.queued += len(piece)
        if self._left == 0:
            if self._chunked:
                self._part = "gap"
            else:
                self.ended = True

    def _take_line(self, buffer):
        end = buffer.find(b"\r\n")
        if end < 0:
            if len(buffer) > _MOST_LINE:
                self._broken()
            return False
        line = bytes(buffer[:end])
        del buffer[: end + 2]
        if self._part == "gap":  # between two chunks
            if line:
                self._broken()
            self._part = "size"
        elif self._part == "size":
            digits = line.split(b";")[0].strip()
            if not digits or len(digits) > 12 or digits.strip(b"0123456789abcdefABCDEF"):
                self._broken()
            self._left = int(digits, 16)
            self._part = "data" if self._left else "trailer"
        elif not line:
            self.ended = True
        return True

    @staticmethod
    def _broken():
        raise bad_request("the chunks of the body are malformed")

    def fail(self):
        """The connection is gone."""
        self._failed = True
        self._wake()

    def _wake(self):
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def read(self):
        """The next piece; b"" at the end."""
        while not self._pieces:
            if self.ended:
                return b""
            if self._failed:
                raise asyncio.CancelledError
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        piece = self._pieces.popleft()
        self.queued -= len(piece)
        self._connection.flow()
        return piece

    async def read_all(self, limit, parse, budget=None):
        """What `parse` makes of the whole body. ApiError 413 past `limit` bytes, or when `budget` has no room for it."""
        data, size = bytearray(), 0  # not a list: tiny pieces would take far more memory than their bytes
        try:
            while True:
                piece = await self.read()
                if not piece:
                    return parse(data)
                size += len(piece)
                if size > limit:
                    raise ApiError(413, "too-large", "the body has more than %d bytes" % limit)
                if budget is not None and not budget.take(len(piece)):
                    size -= len(piece)
                    raise ApiError(413, "too-large", "too many bytes of requests wait here")
                data += piece
        finally:
            if budget is not None:
                budget.give_back(size)
