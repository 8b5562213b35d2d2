"""All sessions of the sandbox: opens them, finds them, closes them, and remembers how that went."""
import asyncio
import itertools
import re
import time
from collections import OrderedDict

from rlm_agent.door import Doors
from rlm_agent.errors import ApiError, bad_request
from rlm_agent.loading import called
from rlm_agent.sessions import Session
from rlm_agent.sweeping import KNOWN_FOLDERS

_MOST_SESSIONS = 1000
_MOST_CONTEXTS = 64
_MOST_CLOSED = 20000
_RESERVED = {"answer", "llm_query", "llm_query_batched", "SHOW_VARS"}
_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}\Z")


def checked_id(value, what):
    """An id that the worker made."""
    if not isinstance(value, str) or not _ID.match(value):
        raise bad_request("%s must be 1 to 80 of A-Z a-z 0-9 _ . -" % what)
    return value


class Registry:
    """Used from the event loop only."""

    def __init__(self, config, link, broker, contexts, uids, block):
        self.config = config
        self.link = link
        self.broker = broker
        self.uids = uids
        self.doors = Doors(config["descriptors"] // 2)
        self._contexts = contexts
        self._numbers = itertools.count(1)
        self.block = block
        self._sessions = {}
        self._opening = {}  # id -> task of Session.open
        self._closed = OrderedDict()  # id -> whether it was clean
        self._tasks = set()
        self._folders = None

    def __len__(self):
        return len(self._sessions)

    # What sessions need of the agent

    def spawn(self, work):
        """A task that is kept until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task):
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited has got it; if nobody did, it is nobody's

    def allot(self):
        """(number, uid, home) of a new process, none of them ever used before."""
        number = next(self._numbers)
        uid = None
        if self.uids:
            # Two a process: its own, and the next one for the helper that ends it. The first two are for probing.
            uid = self.block.first + 2 * number
            if uid + 1 >= self.block.end:
                raise ApiError(503, "uids-used-up", "all uids of this sandbox were used; open a new one")
        return number, uid, "%s/s%d" % (self.config["workDir"], number)

    async def folders(self):
        """(Folders in which a session could leave files, besides its own; whether these are all)."""
        if not self.uids:
            return [], True
        if self._folders is None:
            self._folders = self.spawn(self.link.ask("folders"))
        answer = await asyncio.shield(self._folders)
        return answer.get("folders", KNOWN_FOLDERS), answer.get("complete", False)

    # What the worker asks

    def find(self, name):
        session = self._sessions.get(name)
        if session is None or name in self._opening:
            raise ApiError(404, "no-session", "there is no session %s" % name[:80])
        return session

    def processes(self):
        """(session, process) of all that live, for the memory watcher."""
        return [(one, one.process) for one in self._sessions.values() if one.process is not None]

    async def open(self, asked):
        """A session with those contexts; an id that exists already gets the same answer."""
        begun = time.monotonic()
        name = checked_id(asked.get("id"), "id")
        contexts = _checked_contexts(asked.get("contexts", []))
        if name in self._closed:
            raise ApiError(409, "ended", "session %s has ended; ids are used once" % name)
        if name not in self._sessions:
            if len(self._sessions) >= _MOST_SESSIONS:
                raise ApiError(503, "too-many", "there are %d sessions already" % _MOST_SESSIONS)
            held = sum(session.descriptors for session in self._sessions.values())
            if held + len(contexts) + 5 > self.config["descriptors"] // 4:
                raise ApiError(503, "too-many", "the sessions hold %d descriptors, more are not to be had" % held)
            fds, size = self._open_contexts(contexts)
            session = Session(self, name, contexts, fds, size)
            self._sessions[name] = session
            self._opening[name] = self.spawn(self._open(session))
            self.spawn(self.folders())  # known by the time it ends
        if name in self._opening:
            await asyncio.shield(self._opening[name])
        process = self._sessions[name].process if name in self._sessions else None
        uid = process.uid if process is not None else None
        return {"id": name, "uid": uid, "seconds": round(time.monotonic() - begun, 6)}

    async def _open(self, session):
        try:
            await session.open()
        except BaseException:
            del self._sessions[session.name]
            if not session.clean:  # the sandbox must not be used again, and closing it says so
                self._remember(session.name, False)
            raise
        finally:
            del self._opening[session.name]

    def _open_contexts(self, contexts):
        sizes = [self._contexts.size(context["sha256"]) for context in contexts]
        for context, size in zip(contexts, sizes):
            if size is None:
                message = "%s (%s) is not in this sandbox" % (called(context["name"]), context["sha256"])
                raise ApiError(409, "context-missing", message, sha256=context["sha256"])
        size, room = sum(sizes), _memory_available()
        if room is not None and size > room:
            message = "the contexts have %d bytes, but only %d bytes of memory are free" % (size, room)
            raise ApiError(422, "context-memory", message)
        return [self._contexts.open(context["sha256"]) for context in contexts], size

    async def close(self, name):
        """Whether nothing is left of it."""
        if name in self._opening:
            await asyncio.wait([self._opening[name]])
        session = self._sessions.get(name)
        if session is not None:
            clean = await session.close()
            if self._sessions.pop(name, None) is not None:
                self._remember(name, clean)
        if name not in self._closed:
            raise ApiError(404, "no-session", "there never was a session %s" % name[:80])
        return self._closed[name]

    def _remember(self, name, clean):
        self._closed[name] = clean
        if len(self._closed) > _MOST_CLOSED:
            self._closed.popitem(last=False)

    async def close_all(self):
        names = list(self._sessions)
        await asyncio.gather(*[self.close(name) for name in names], return_exceptions=True)


def _checked_contexts(contexts):
    if not isinstance(contexts, list) or len(contexts) > _MOST_CONTEXTS:
        raise bad_request("contexts must be a list of at most %d" % _MOST_CONTEXTS)
    names = set()
    checked = []
    for context in contexts:
        if not isinstance(context, dict):
            raise bad_request("a context must be an object")
        name, sha256, kind = context.get("name"), context.get("sha256"), context.get("type")
        if not isinstance(name, str) or not name.isidentifier() or not name.isascii() or name.startswith("__"):
            raise bad_request("the name of a context must be a Python name")
        if name in _RESERVED or name in names or len(name) > 80:
            raise bad_request("the name %s of a context is taken or too long" % name[:80])
        if not isinstance(sha256, str):
            raise bad_request("sha256 of %s is missing" % called(name))
        if kind not in ("text", "json"):
            raise bad_request('type of %s must be "text" or "json"' % called(name))
        names.add(name)
        checked.append({"name": name, "sha256": sha256, "type": kind})
    return checked


def _memory_available():
    try:
        with open("/proc/meminfo") as lines:
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None

