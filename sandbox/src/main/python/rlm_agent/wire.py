"""JSON and frames inside a session, from C functions bound early: session code may replace any module's functions.

A frame on the control channel is a one-byte kind, a four-byte length and the payload.
"""
import struct
from os import read as _read, write as _write

try:
    from _json import encode_basestring as _quote
except ImportError:  # a python without the C accelerator
    from json.encoder import py_encode_basestring as _quote
from json.decoder import JSONDecoder

_scan = JSONDecoder().scan_once
_head = struct.Struct(">cI")

START = b"S"
READY = b"R"
FAILED = b"F"
BLOCK = b"B"
DONE = b"D"


def dump(value):
    """JSON text of None, bools, ints, floats, strs, lists and dicts with str keys."""
    kind = type(value)
    if kind is str:
        return _quote(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float:
        return repr(value)
    if kind is dict:
        return "{" + ",".join([_quote(key) + ":" + dump(item) for key, item in value.items()]) + "}"
    return "[" + ",".join([dump(item) for item in value]) + "]"


def to_bytes(value):
    """JSON bytes; lone surrogates, which UTF-8 cannot carry, become question marks."""
    return dump(value).encode("utf-8", "replace")


def parse(data):
    """The value of JSON bytes without white space before it."""
    return _scan(data.decode("utf-8"), 0)[0]


def send(fd, kind, payload):
    """Writes one frame."""
    data = memoryview(_head.pack(kind, len(payload)) + payload)
    while data:
        data = data[_write(fd, data) :]


def _exactly(fd, count):
    pieces = []
    while count:
        piece = _read(fd, min(count, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def receive(fd):
    """Reads one frame: (kind, payload). Raises EOFError when the agent is gone."""
    kind, length = _head.unpack(_exactly(fd, _head.size))
    return kind, _exactly(fd, length)
