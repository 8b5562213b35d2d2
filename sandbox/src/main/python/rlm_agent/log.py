"""The agent's words for whoever watches its stderr."""
import sys
import traceback

_MOST = 100
_written = 0


def warn(text):
    """One line. Few of them, since nobody may be reading; never fails, since the worker may be gone."""
    global _written
    _written += 1
    if _written <= _MOST:
        try:
            print("rlm_agent: %s" % text[:4000], file=sys.stderr, flush=True)
        except (OSError, ValueError):
            pass


def failed(what):
    """The exception that is being handled, which nobody expected."""
    warn("%s failed\n%s" % (what, traceback.format_exc()))
