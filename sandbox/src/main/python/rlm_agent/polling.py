"""GET /pending in its three forms: the seed's, the long poll and the stream."""
import asyncio

from rlm_agent.errors import bad_request
from rlm_agent.server import encode

_BEAT_SECONDS = 5
_MOST_PIECE = 1 << 20
_BEAT = b'{"type":"beat"}\n'


class Poller:
    """Waits for events on behalf of one call, until its time is over or a newer call takes its place."""

    def __init__(self):
        self._changed = asyncio.Event()
        self.ended = False

    def wake(self):
        self._changed.set()

    def end(self):
        self.ended = True
        self._changed.set()

    async def wait(self, seconds):
        """Until something changed, at most so long."""
        self._changed.clear()
        if not self.ended and seconds > 0:
            try:
                await asyncio.wait_for(self._changed.wait(), seconds)
            except asyncio.TimeoutError:
                pass


async def poll(broker, after, wait):
    """The long poll's answer."""
    clock = asyncio.get_running_loop().time
    end = clock() + wait
    poller = Poller()
    broker.attach(poller)
    try:
        while not poller.ended and broker.last <= after and clock() < end:
            await poller.wait(end - clock())
        lines, last = broker.lines(after, _MOST_PIECE)
        if poller.ended:
            lines, last = [], after
    finally:
        broker.detach(poller)
    return b'{"epoch":%b,"events":[%b],"last":%d}' % (encode(broker.epoch), b",".join(lines), last)


class Stream(Poller):
    """Writes events as they are published, without a task switch between; never more than the peer takes."""

    def __init__(self, broker, connection, after):
        super().__init__()
        self._broker = broker
        self._connection = connection
        self._after = after
        self.quiet_since = asyncio.get_running_loop().time()

    def wake(self):
        while self._connection.writable and not self.ended:
            lines, last = self._broker.lines(self._after, _MOST_PIECE)
            if not lines:
                return
            self._after = last
            self._write(b"\n".join(lines) + b"\n")

    def _write(self, data):
        self._connection.write_lines(data)
        self.quiet_since = asyncio.get_running_loop().time()

    async def run(self, wait):
        clock = asyncio.get_running_loop().time
        end = clock() + wait
        self._connection.start_stream()
        opening = {"type": "open", "epoch": self._broker.epoch, "last": self._broker.last}
        self._write(encode(opening) + b"\n")
        self._connection.on_writable = self.wake
        self._broker.attach(self)
        try:
            self.wake()
            while not self.ended and clock() < end:
                beat = self.quiet_since + _BEAT_SECONDS
                await self.wait(min(end, beat) - clock())
                if clock() >= beat and clock() < end and clock() - self.quiet_since >= _BEAT_SECONDS:
                    self._write(_BEAT)
        finally:
            self._connection.on_writable = None
            self._broker.detach(self)
        self._connection.end_stream()


def parameters(query, most_wait):
    """(after, wait, stream) of a /pending call."""
    after = query.get("after", "0")
    if not after.isdigit() or len(after) > 18:
        raise bad_request("after is no event number")
    try:
        wait = float(query.get("wait", "0"))
    except ValueError:
        wait = -1.0
    if not 0 <= wait < 1e9:
        raise bad_request("wait is no number of seconds")
    return int(after), min(wait, most_wait), query.get("stream") == "1"
