"""Running one block in a session's process: its deadline, and the result that the worker is told."""
import asyncio
import time

from rlm_agent import wire

_MOST_ANSWER = 8 << 20
_MOST_TEXT = 65536
_MOST_VARIABLES = 200
MOST_LOST = 100
_EARLY_SECONDS = 0.05


class Execution:
    """One block on its way. `number` counts the blocks of the session."""

    def __init__(self, number, name, code, timeout, setup=False):
        self.number = number
        self.name = name
        self.code = code
        self.timeout = timeout
        self.setup = setup
        self.overdue = None  # ends the block; set while it runs
        self.early = False  # the worker asked to stop it before it had begun
        self.was_overdue = False
        self.killed = False
        self.stopped = False  # the session is being closed
        self._started = time.monotonic()

    def seconds(self):
        return round(time.monotonic() - self._started, 6)

    async def run(self, process, grace):
        """Runs the block; returns the session's own report, or None when its process died."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._started = time.monotonic()

        def report(kind, value):
            if kind != wire.DONE:
                raise ValueError("not the frame of a finished block")
            checked = _checked(value)
            process.on_frame = None
            if not done.done():
                done.set_result(checked)

        def die():
            if not done.done():
                done.set_result(None)

        def kill():
            self.killed = True
            process.kill()

        def interrupt():
            nonlocal timer
            if self.was_overdue or done.done():
                return
            self.was_overdue = True
            timer.cancel()
            process.interrupt()
            timer = loop.call_later(grace / 2, interrupt_again)

        def interrupt_again():
            nonlocal timer
            process.interrupt()  # the first one may have come before the code had begun, or been swallowed
            timer = loop.call_later(grace / 2, kill)

        process.on_frame, process.on_death, self.overdue, self.stop = report, die, interrupt, die
        timer = loop.call_later(_EARLY_SECONDS if self.early else self.timeout, interrupt)
        try:
            if process.exit is not None:
                return None
            process.run(self.number, self.code)
            return await done
        finally:
            timer.cancel()
            self.overdue = None
            process.on_frame = process.on_death = None

    def instead(self, setup):
        """Setup code to be run before this block; what should end the block ends it."""
        again = Execution(setup.number, setup.name, setup.code, setup.timeout)
        again.early = self.early

        def interrupt():
            self.early = True
            if again.overdue is not None:
                again.overdue()

        self.overdue, self.stop = interrupt, lambda: again.stop()
        return again

    def stop(self):
        """The session is being closed; replaced while the block runs."""

    def outcome(self, report, process):
        """The protocol's word for how the block ended."""
        if report is not None:
            if self.was_overdue and report["interrupted"]:
                return "interrupted"
            return "error" if report["error"] else "ok"
        if process is not None and process.cause == "memory":
            return "memory"
        return "killed" if self.killed or self.stopped else "exited"


def _checked(value):
    """What a session says about its block, with nothing in it that does not belong there."""
    error, answer, note = value["error"], value["answer"], value["note"]
    if error is not None:
        error = {key: _text(error[key], _MOST_TEXT) for key in ("type", "message", "traceback")}
    if answer is not None:
        content = _text(answer["content"], _MOST_ANSWER)
        answer = {"ready": answer["ready"] is True, "content": content}
    variables = [
        {"name": _text(row["name"], 1000), "type": _text(row["type"], 1000), "preview": _text(row["preview"], 200)}
        for row in value["variables"][:_MOST_VARIABLES]
    ]
    return {
        "error": error,
        "answer": answer,
        "variables": variables,
        "note": None if note is None else _text(note, 2000),
        "interrupted": value["interrupted"] is True,
    }


def _text(value, most):
    if not isinstance(value, str):
        raise ValueError("no text")
    return value[:most]


class Result:
    """Collects what an `executed` event says."""

    def __init__(self):
        self.notes = []
        self.restarted = False
        self.lost = []

    def note(self, text):
        if text:
            self.notes.append(text)

    def lose(self, names):
        """The session is a new process now."""
        self.restarted = True
        self.lost = names[:MOST_LOST]

    def build(self, outcome, report, output, end, seconds):
        """The JSON object; `output` is (text, code points) of stdout and of stderr, `end` how the process ended."""
        report = report or {"error": None, "answer": None, "variables": [], "note": None}
        self.note(report["note"])
        (stdout, stdout_chars), (stderr, stderr_chars) = output
        return {
            "outcome": outcome,
            "stdout": stdout,
            "stderr": stderr,
            "stdoutChars": stdout_chars,
            "stderrChars": stderr_chars,
            "error": report["error"],
            "exit": end,
            "restarted": self.restarted,
            "lost": self.lost,
            "answer": report["answer"],
            "variables": report["variables"],
            "seconds": seconds,
            "note": " ".join(self.notes) or None,
        }
