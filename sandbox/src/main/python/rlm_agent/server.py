"""A small HTTP/1.1 server on asyncio: keep-alive, bodies of known length or chunked, streamed answers."""
import asyncio
import json

from rlm_agent import log
from rlm_agent.body import Body
from rlm_agent.errors import ApiError, bad_request

_MOST_HEAD = 32768
_MOST_QUEUED = 1 << 20
_LINGER_SECONDS = 1
_REASONS = {200: "OK", 201: "Created", 202: "Accepted", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}


class Request:
    """One call: `headers` in lower case, `body` still coming in."""

    __slots__ = ("method", "path", "query", "headers", "body", "keep_alive")

    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        try:
            self.method, target, version = lines[0].split(" ")
            pairs = [line.split(":", 1) for line in lines[1:]]
            names = [name.lower() for name, _ in pairs]
            self.headers = {name: value.strip() for name, (_, value) in zip(names, pairs)}
        except ValueError:
            raise bad_request("the request head is malformed") from None
        if version not in ("HTTP/1.1", "HTTP/1.0"):
            raise bad_request("only HTTP/1.1 is spoken here")
        if names.count("content-length") > 1 or any(name != name.strip() or not name for name in names):
            raise bad_request("the request head is malformed")
        path, _, query = target.partition("?")
        self.path = path
        self.query = dict(part.partition("=")[::2] for part in query.split("&") if part)
        wish = self.headers.get("connection", "").lower()
        self.keep_alive = "close" not in wish and (version == "HTTP/1.1" or "keep-alive" in wish)
        self.body = None

    def length(self):
        """Bytes of the body, or None when it is chunked."""
        coding = self.headers.get("transfer-encoding")
        text = self.headers.get("content-length")
        if coding is not None:
            if coding.lower() != "chunked" or text is not None:
                raise bad_request("the body's length is ambiguous")
            return None
        if text is None:
            return 0
        if not text.isdigit() or len(text) > 15:
            raise bad_request("Content-Length is no number")
        return int(text)


class Connection(asyncio.Protocol):
    """One connection. `app` admits it, authorises each request head, and answers each request in a task."""

    def __init__(self, app):
        self._app = app
        self._buffer = bytearray()
        self._request = None
        self._task = None
        self._paused = False
        self._streaming = False
        self._hung_up = False
        self.transport = None
        self.authorized = False
        self.writable = True
        self.on_writable = None
        self.active = asyncio.get_running_loop().time()

    def connection_made(self, transport):
        self.transport = transport  # asyncio has set TCP_NODELAY
        if not self._app.admit(self):
            transport.abort()

    def connection_lost(self, failure):
        self._app.gone(self)
        if self._request is not None and self._request.body is not None:
            self._request.body.fail()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self):
        self.writable = False
        self.flow()

    def resume_writing(self):
        self.writable = True
        if self.on_writable is not None:
            self.on_writable()
        if self._request is None and self._buffer and not self._hung_up:
            self._advance()
        else:
            self.flow()

    def idle(self):
        return self._request is None

    def stale(self, now, seconds):
        """Whether for so long nothing has come, although it is the peer's turn."""
        return now - self.active > seconds and (self._request is None or not self._request.body.ended)

    def data_received(self, data):
        if self._hung_up:
            return
        self.active = asyncio.get_running_loop().time()
        self._buffer += data
        self._advance()

    def _advance(self):
        try:
            if self._request is None:
                self._begin()
            if self._request is not None and not self._request.body.ended:
                self._request.body.feed(self._buffer)
        except ApiError as failure:
            self._refuse(failure)
        else:
            self.flow()

    def flow(self):
        """Stops reading while more is queued than a handler, or the peer of its answers, has taken."""
        waiting = len(self._buffer)
        if self._request is not None:
            waiting += self._request.body.queued
        wanted = waiting > _MOST_QUEUED or not self.writable or (self._request is not None and len(self._buffer) > _MOST_HEAD)
        if wanted != self._paused and not self._hung_up and not self.transport.is_closing():
            self._paused = wanted
            if wanted:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()

    def _begin(self):
        end = self._buffer.find(b"\r\n\r\n")
        if end > _MOST_HEAD or (end < 0 and len(self._buffer) > _MOST_HEAD):
            raise bad_request("the request head is longer than %d bytes" % _MOST_HEAD)
        if end < 0:
            return
        head = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        request = Request(head)
        request.body = Body(self, request.length())
        self._app.authorize(self, request)
        self._request = request
        if request.headers.get("expect", "").lower() == "100-continue":
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._task = asyncio.get_running_loop().create_task(self._serve(request))

    async def _serve(self, request):
        try:
            status, value = await self._app.handle(self, request)
            if value is not None:
                self._respond(status, value, request)
        except ApiError as failure:
            self._respond(failure.status, _error(failure), request)
        except asyncio.CancelledError:
            return
        except Exception:
            log.failed("%s %s" % (request.method, request.path))
            self._respond(500, {"error": "the agent failed; see its stderr", "code": "internal"}, request)
        self._finish(request)

    def _finish(self, request):
        self._task = None
        self._streaming = False
        if self.transport.is_closing():
            return
        if not request.keep_alive or not request.body.ended:
            self._hang_up()
            return
        self._request = None
        self.active = asyncio.get_running_loop().time()
        if self._buffer and self.writable:
            self._advance()
        else:
            self.flow()

    def _refuse(self, failure):
        """Answers a head that is not even a request, or not an authorised one, and closes."""
        if self._task is not None:
            self._task.cancel()
        if not self._streaming:
            self._respond(failure.status, _error(failure), None)
        self._hang_up()

    def _hang_up(self):
        """Closes. While bytes still come they are thrown away, else the reset could overtake the answer."""
        self._hung_up = True
        self._buffer.clear()
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        asyncio.get_running_loop().call_later(_LINGER_SECONDS, self.transport.close)

    def _respond(self, status, value, request):
        if self._streaming or self.transport.is_closing():
            return
        body = value if isinstance(value, bytes) else encode(value)
        close = request is None or not request.keep_alive or not request.body.ended
        head = "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n" % (
            status,
            _REASONS.get(status, "Error"),
            len(body),
            "Connection: close\r\n" if close else "",
        )
        data = head.encode("ascii")
        if request is None or request.method != "HEAD":
            data += body
        self.transport.write(data)

    def start_stream(self):
        """Begins a chunked answer; write_lines and end_stream follow."""
        self._streaming = True
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nCache-Control: no-cache\r\n"
            b"X-Accel-Buffering: no\r\nTransfer-Encoding: chunked\r\n\r\n"
        )

    def write_lines(self, data):
        self.transport.write(b"%x\r\n%b\r\n" % (len(data), data))

    def end_stream(self):
        self.transport.write(b"0\r\n\r\n")


def encode(value):
    """JSON bytes; lone surrogates, which UTF-8 cannot carry, become question marks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _error(failure):
    return dict(failure.fields, error=str(failure), code=failure.code)


async def read_json(request, limit, parse=json.loads, budget=None):
    """The body as a JSON object."""
    try:
        value = await request.body.read_all(limit, parse, budget)
    except (ValueError, RecursionError):
        raise bad_request("the body is not JSON") from None
    if not isinstance(value, dict):
        raise bad_request("the body is not a JSON object")
    return value
