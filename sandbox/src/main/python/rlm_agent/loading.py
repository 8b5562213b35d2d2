"""Context bytes become the Python values that code sees."""
import json
import mmap
import os


class ContextError(Exception):
    """A context cannot be bound; `code` is the error code of the protocol."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def called(name):
    """A context in a sentence; the usual one, whose name is `context`, only once."""
    return name if name == "context" else "context " + name


def load(fd, context):
    """The value of one context. The file stays exact: no newline or encoding is translated."""
    name, size = called(context["name"]), os.fstat(fd).st_size
    try:
        text = _text(fd, size, name)
        return text if context["type"] == "text" else _json(text, name)
    except MemoryError:
        raise ContextError(
            "context-memory", "%s (%d bytes) does not fit in the session's memory" % (name, size)
        ) from None


def _text(fd, size, name):
    if size == 0:
        return ""
    with mmap.mmap(fd, size, access=mmap.ACCESS_READ) as data:
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError as failure:
            raise ContextError(
                "context-invalid", "%s is not UTF-8 at byte %d" % (name, failure.start)
            ) from None


def _json(text, name):
    try:
        return json.loads(text)
    except json.JSONDecodeError as failure:
        place = len(text[: failure.pos].encode("utf-8"))
        message = "%s is not JSON at byte %d: %s" % (name, place, failure.msg)
    except RecursionError:
        message = "%s is JSON that is nested too deeply" % name
    except ValueError as failure:  # an integer of too many digits
        message = "%s is JSON that Python cannot hold: %s" % (name, failure)
    raise ContextError("context-invalid", message)
