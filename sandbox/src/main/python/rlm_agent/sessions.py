"""A session as the worker knows it: one id, whatever processes serve it one after the other."""
import asyncio
import os

from rlm_agent import log
from rlm_agent.blocks import Execution, Result
from rlm_agent.door import Door
from rlm_agent.errors import ApiError, disk_error
from rlm_agent.process import SessionProcess

_DESCRIPTORS = 5  # of a process: its channel, its two pipes, its door, and one to spare
_NO_OUTPUT = (("", 0), ("", 0))
_GONE_AGAIN = "Variables and files are gone; the context and the setup code are there again."


class Session:
    """Used from the event loop only. `house` is the registry that owns it."""

    def __init__(self, house, name, contexts, fds, size):
        self.name = name
        self._house = house
        self._contexts = contexts
        self._fds = fds  # of the contexts: kept, so that a restart finds them whatever was deleted meanwhile
        self.descriptors = _DESCRIPTORS + len(fds)
        self.memory = house.config["sessionMemoryMib"] * (1 << 20) + 4 * size
        self.process = None
        self._door = None
        self._names = []  # variables as of the last block
        self._setup = []
        self._seen = set()  # ids of executions
        self._blocks = 0
        self._current = None
        self._running = None
        self._died = None  # how the process ended between two blocks
        self._burials = []
        self.clean = True  # so far
        self._closing = None

    async def open(self):
        """Starts the first process."""
        try:
            await self._launch()
        except BaseException:
            await self._bury()
            self._close_fds()
            raise

    async def _launch(self):
        house = self._house
        self._stay_open()
        number, uid, home = house.allot()
        process = SessionProcess(house.link, number, uid, home, house.config["outputBytes"])
        self.process = process
        self._door = Door(house.doors, house.broker, self.name, uid, lambda: self._current and self._current.name)
        try:
            os.mkdir(home, 0o700)
            self._door.open(home)
            if uid is not None:
                os.chown(home, uid, uid)
        except OSError as failure:
            raise disk_error("the session's folder", failure) from None
        self._stay_open()
        limits = {
            "memory": self.memory,
            "processes": house.config["sessionProcesses"] if uid is not None else None,
        }
        await process.start(self._contexts, self._fds, limits)
        self._stay_open()
        process.on_death = self._on_death

    def _stay_open(self):
        if self._closing is not None:
            raise ApiError(409, "ended", "the session is being closed")

    def _on_death(self):
        """The process ended although no block was running."""
        self._died = self.process.exit if self.process.cause is None else _CAUSES[self.process.cause]
        self._let_go()

    def _let_go(self):
        """Begins to end whatever is left of the process. The session's id lives on."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.on_death == self._on_death:
            process.on_death = None  # its end is no news; a block that runs is still told
        self._door.close()
        self._house.broker.withdraw_session(self.name)
        self._burials.append(self._house.spawn(self._end(process)))

    async def _end(self, process):
        try:
            folders, complete = await self._house.folders()
            answer = await process.end(folders=folders, firstUid=self._house.config["firstUid"])
            if answer["clean"] and not complete:
                answer = {"clean": False, "why": "there are too many folders to look for files of the session in all"}
        except Exception as failure:
            answer = {"clean": False, "why": "the agent failed: %r" % failure}
        if not answer["clean"]:
            self.clean = False
            log.warn("session %s was not ended cleanly: %s" % (self.name, answer.get("why")))

    async def _bury(self):
        """Returns once nothing is left of its processes, also of those whose end had begun before."""
        self._let_go()
        if self._burials:
            await asyncio.wait(self._burials)
            self._burials = [burial for burial in self._burials if not burial.done()]

    # Blocks

    def execute(self, name, code, timeout, setup):
        """Begins a block; a repeated id changes nothing."""
        if name in self._seen:
            return
        if self._current is not None:
            raise ApiError(409, "busy", "block %s of session %s is still running" % (self._current.name, self.name))
        self._seen.add(name)
        self._blocks += 1
        self._current = Execution(self._blocks, name, code, timeout, setup)
        self._running = self._house.spawn(self._run(self._current))

    def interrupt(self, name):
        """As if that block were overdue now."""
        if self._current is None or self._current.name != name:
            return
        if self._current.overdue is not None:
            self._current.overdue()
        else:
            self._current.early = True

    def busy(self):
        return self._current is not None

    async def _run(self, execution):
        result = Result()
        try:
            if self.process is None or self.process.exit is not None:
                await self._restart(execution, result)
            built = await self._run_block(execution, result)
        except ApiError as failure:
            result.note("The REPL could not be started again: %s" % failure)
            result.lose(self._names)
            built = result.build(execution.outcome(None, None), None, _NO_OUTPUT, self._died, execution.seconds())
        except Exception:
            log.failed("block %s of session %s" % (execution.name, self.name))
            result.note("The sandbox's agent failed while it ran this block.")
            built = result.build("exited", None, _NO_OUTPUT, None, execution.seconds())
        self._current = None
        self._house.broker.publish({"type": "executed", "session": self.name, "id": execution.name, "result": built})

    async def _run_block(self, execution, result):
        process = self.process
        if execution.setup:
            self._setup.append(execution)
        early = process.stdout.begin() + process.stderr.begin()
        if early:
            result.note("%d characters of the output came between the blocks, from earlier code." % early)
        report = await execution.run(process, self._house.config["graceSeconds"])
        outcome = execution.outcome(report, process)
        if outcome == "interrupted" and not await process.sweep():
            process.kill()
            outcome, report = "killed", None
        output = process.stdout.take(), process.stderr.take()
        end = None
        if report is not None:
            self._names = [row["name"] for row in report["variables"]]
            if self.process is process:  # else the session is being closed
                process.on_death = self._on_death
                if process.exit is not None:  # it said that the block is done, and died
                    self._on_death()
        else:
            await self._bury()
            end = process.exit
            if not execution.stopped:
                result.note("The REPL was restarted (%s). %s" % (self._why(outcome, process), _GONE_AGAIN))
                result.lose(self._names)
            self._names = []
        return result.build(outcome, report, output, end, execution.seconds())

    @staticmethod
    def _why(outcome, process):
        if outcome == "killed":
            return "the block ran too long and did not stop when it was interrupted"
        return _CAUSES.get(process.cause) or "its process ended: %s" % process.exit

    async def _restart(self, execution, result):
        """A new process with the contexts, and the setup code run again."""
        died, self._died = self._died, None
        if self.process is not None:
            died = died or self.process.exit
        await self._bury()
        if died is not None:
            result.note("The REPL had ended between the blocks (%s) and was restarted. %s" % (died, _GONE_AGAIN))
            result.lose(self._names)
            self._names = []
        try:
            await self._launch()
        except ApiError:
            await self._bury()
            raise
        process = self.process
        for setup in list(self._setup):
            report = await execution.instead(setup).run(process, self._house.config["graceSeconds"])
            self._stay_open()
            process.stdout.take()
            process.stderr.take()
            if report is None:
                await self._bury()
                raise ApiError(500, "setup", "the setup code ended the process")
            if report["error"] is not None:
                result.note("The setup code failed when it was run again: %s." % report["error"]["type"])

    # The end

    async def close(self):
        """True when nothing is left of the session. Repeated calls get the same answer."""
        if self._closing is None:
            self._closing = self._house.spawn(self._close())
        return await asyncio.shield(self._closing)

    async def _close(self):
        if self._current is not None:
            self._current.stopped = True
            self._current.stop()
        await self._bury()
        if self._running is not None:
            await asyncio.wait([self._running])
            await self._bury()  # what a restart had begun
        self._close_fds()
        return self.clean

    def _close_fds(self):
        fds, self._fds = self._fds, []
        for fd in fds:
            os.close(fd)


_CAUSES = {
    "memory": "it used more memory than a session may have",
    "protocol": "it closed or misused the channel to its agent",
}
