"""The REPL of a session: runs blocks in one namespace that lives as long as the process."""
import builtins
import sys
from _signal import SIGINT, signal as _signal
from linecache import cache as _source_lines
from os import _exit, getpid, register_at_fork
from sys import setprofile, settrace
from types import ModuleType

from rlm_agent import preview, proc
from rlm_agent.failures import describe_failure
from rlm_agent.wire import to_bytes

MOST_VARIABLES = 200
MOST_ANSWER_BYTES = 8 << 20
_MOST_ANSWER_JSON = 12 << 20  # the frame that carries it may have 16 MiB
_NO_VARIABLES = "No variables yet: a ```repl``` block that assigns one makes it appear here."


class Repl:
    """One thread at a time: the main thread of the session process."""

    def __init__(self, contexts, queries, streams):
        self._main = getpid()
        self._streams = streams
        module = ModuleType("__main__")
        sys.modules["__main__"] = module
        self._space = module.__dict__
        self._running = False
        self._interrupted = False
        self._fixed = dict(contexts)
        self._hidden = {"llm_query", "llm_query_batched", "SHOW_VARS", "answer"}
        self._fixed.update(self._functions(queries))
        self._space.update(self._fixed, __builtins__=builtins, answer=_empty_answer())
        self._context_names = set(contexts)
        register_at_fork(before=streams.flush)  # else a forked child prints what was buffered a second time
        _signal(SIGINT, self._on_interrupt)
        streams.remember_handlers()

    def _functions(self, queries):
        def llm_query(prompt, model=None):
            """Asks a sub-model and returns its answer as text. Errors come back as text that starts with "Error: "."""
            return queries.single(prompt, model)

        def llm_query_batched(prompts, model=None):
            """Asks a sub-model all prompts at once and returns the answers in the same order."""
            return queries.batched(prompts, model)

        def SHOW_VARS():
            """Names and types of the variables that exist."""
            names = [name for name in self._space if name in self._context_names] + self._made()
            types = {name: preview.name_of_type(self._space.get(name)) for name in names}
            return "Available variables: %s" % types if types else _NO_VARIABLES

        functions = {"llm_query": llm_query, "llm_query_batched": llm_query_batched, "SHOW_VARS": SHOW_VARS}
        for name, function in functions.items():
            function.__module__, function.__qualname__ = "__main__", name
        return functions

    def _on_interrupt(self, number, frame):
        if self._running:
            self._interrupted = True
            raise KeyboardInterrupt

    def _made(self):
        hidden = self._hidden
        names = [name for name in self._space.copy() if type(name) is str]
        return [n for n in names if n not in hidden and n not in self._context_names and not n.startswith("__")]

    def run(self, number, code):
        """Runs one block and returns what the agent is told about it. Never raises."""
        self._interrupted = False
        notes = []
        result = {"error": None, "answer": None, "variables": [], "status": 0}
        self._streams.restore()
        try:
            try:
                self._running = True
                self._run_code(number, code, result, notes)
            finally:
                self._running = False
        except BaseException as failure:  # an interrupt between the lines above
            self._running = False
            if result["error"] is None:
                name = preview.name_of_type(failure)
                result["error"] = {"type": name, "message": "", "traceback": name}
        if getpid() != self._main:
            self._streams.flush()
            _exit(result["status"])  # a child that the block forked and that ran to the block's end
        self._streams.quiet()
        self._after(result, notes)
        result["interrupted"] = self._interrupted
        result["note"] = " ".join(notes) or None
        return result

    def _run_code(self, number, code, result, notes):
        name = "<block %d>" % number
        _source_lines[name] = (len(code), None, code.splitlines(True), name)
        try:
            try:
                exec(compile(code, name, "exec", dont_inherit=True), self._space)
            finally:
                # Directly: a trace function of the block must not see code of this module, let alone raise in it.
                settrace(None)
                setprofile(None)
        except BaseException as failure:
            self._streams.quiet()
            result["error"] = describe_failure(failure, name)
            if getpid() != self._main:
                result["status"] = _status(failure)
            failure = None
        result["answer"] = self._answer(notes)
        self._streams.flush()
        proc.flush_c_streams()

    def _answer(self, notes):
        answer = self._space.get("answer")
        if not isinstance(answer, dict):
            notes.append(
                "`answer` was no dict any more (%s) and has been put back: set answer[\"content\"] and "
                'answer["ready"] instead.' % preview.name_of_type(answer)
            )
            return None
        try:
            content = str(dict.get(answer, "content", ""))
            ready = bool(dict.get(answer, "ready", False))
        except Exception as failure:
            notes.append("answer could not be read: %s." % preview.name_of_type(failure))
            return None
        if len(content) * 4 > MOST_ANSWER_BYTES:
            whole = content.encode("utf-8", "replace")
            if len(whole) > MOST_ANSWER_BYTES:
                notes.append("answer[\"content\"] has %d bytes and was cut to %d." % (len(whole), MOST_ANSWER_BYTES))
                content = whole[:MOST_ANSWER_BYTES].decode("utf-8", "ignore")
            size = len(to_bytes(content))
            if size > _MOST_ANSWER_JSON:
                notes.append("answer[\"content\"] has %d bytes as JSON and was cut." % size)
            while size > _MOST_ANSWER_JSON:
                content = content[: len(content) * _MOST_ANSWER_JSON // size]
                size = len(to_bytes(content))
        return {"ready": ready, "content": content}

    def _after(self, result, notes):
        space = self._space
        lost = self._streams.lost()
        if lost:
            notes.append(lost)
        space.update(self._fixed)
        if "__builtins__" not in space:
            space["__builtins__"] = builtins
        space.setdefault("__name__", "__main__")
        if not isinstance(space.get("answer"), dict):
            space["answer"] = _empty_answer()
        result["variables"] = preview.describe(self._made()[:MOST_VARIABLES], space)


def _status(failure):
    """How a process ends that does not catch this."""
    if not isinstance(failure, SystemExit):
        return 1
    code = failure.code
    return 0 if code is None else code & 255 if isinstance(code, int) else 1


def _empty_answer():
    return {"content": "", "ready": False}
