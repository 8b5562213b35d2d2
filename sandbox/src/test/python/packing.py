"""The agent's program, as the worker packs it."""
import base64
import glob
import json
import os
import re
import zlib

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "main", "python", "rlm_agent")


def sources():
    """{module name: source} of the package."""
    found = {}
    for path in sorted(glob.glob(os.path.join(SOURCES, "*.py"))):
        with open(path, encoding="utf-8") as file:
            found[os.path.basename(path)[:-3]] = file.read()
    return found


def patched(module, *changes):
    """{module: its source, in which each (pattern, text) was replaced}: for tests with other bounds or broken parts."""
    source = sources()[module]
    for pattern, text in changes:
        source, times = re.subn(pattern, lambda match: text, source, flags=re.M)
        assert times, pattern
    return {module: source}


def bootstrap(changed=None):
    """The argument of python3 -I -S -c, as the worker builds it."""
    modules = dict(sources(), **(changed or {}))
    head = modules.pop("bootstrap")
    packed = zlib.compress(json.dumps(modules, separators=(",", ":"), ensure_ascii=False).encode("utf-8"), 9)
    return head.replace("@PAYLOAD@", base64.b64encode(packed).decode("ascii"))


def python():
    """An interpreter that a session's uid can read."""
    return os.environ.get("RLM_TEST_PYTHON") or "/usr/bin/python3"
