"""How an exception of session code is told: from the block's own code on, with its source lines."""
import traceback

from rlm_agent.preview import name_of_type

_MOST_TRACEBACK = 32768
_MOST_MESSAGE = 8192


def describe_failure(failure, block):
    """{"type", "message", "traceback"} of what was raised in the block."""
    name = name_of_type(failure)
    try:
        message = str(failure)
        if type(message) is not str:
            message = str.__str__(message)
    except Exception:
        message = "<no message: its __str__ raised>"
    start = _own_frames(failure.__traceback__)
    failure.__traceback__ = start
    try:
        text = "".join(traceback.format_exception(type(failure), failure, start))
    except Exception:  # the traceback or linecache module was changed by session code
        text = _plainly(name, message, start)
    return {"type": name, "message": _cut(message, _MOST_MESSAGE), "traceback": _cut(text, _MOST_TRACEBACK)}


def _own_frames(entry):
    """Without the REPL's own frames at both ends; None for a syntax error, which was raised before any code ran."""
    while entry is not None and _foreign(entry):
        entry = entry.tb_next
    last, one = entry, entry
    while one is not None:
        if not _foreign(one):
            last = one
        one = one.tb_next
    if last is not None:
        last.tb_next = None
    return entry


def _foreign(entry):
    return entry.tb_frame.f_code.co_filename.startswith("<rlm_agent/")


def _plainly(name, message, entry):
    lines = ["Traceback (most recent call last):\n"]
    while entry is not None and len(lines) < 50:
        code = entry.tb_frame.f_code
        lines.append('  File "%s", line %d, in %s\n' % (code.co_filename, entry.tb_lineno, code.co_name))
        entry = entry.tb_next
    return "".join(lines) + "%s: %s\n" % (name, message)


def _cut(text, most):
    """Head and tail, since a traceback says what matters at its end."""
    if len(text) <= most:
        return text
    return text[: most // 4] + "\n... [%d characters] ...\n" % (len(text) - most) + text[-(most - most // 4) :]
