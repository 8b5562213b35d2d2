"""Watches what each session's processes use and ends the session that uses more than it may."""
import asyncio
import os

from rlm_agent import log, proc

_SECONDS = 0.4
_WEIGH_SECONDS = 2
_PAGE_FIELDS = (b"RssAnon:", b"RssShmem:", b"VmSwap:")


class MemoryWatcher:
    """Looks often and roughly, in a thread; weighs exactly before it ends anything."""

    def __init__(self, registry, link):
        self._registry = registry
        self._link = link
        self._weighed = set()  # processes that are being weighed

    async def run(self):
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_SECONDS)
            living = [(one, process) for one, process in self._registry.processes() if process.pid is not None]
            if not living:
                continue
            owners = {process.uid if process.uid is not None else process.pid: one for one, process in living}
            try:
                used = await loop.run_in_executor(None, measure, list(owners), self._registry.uids)
            except (OSError, RuntimeError) as failure:  # no descriptor or thread is to be had: perhaps the next time
                log.warn("the sessions' memory could not be measured: %s" % failure)
                continue
            for session, process in living:
                key = process.uid if process.uid is not None else process.pid
                total, pids = used.get(key, (0, []))
                if total > session.memory and process not in self._weighed:
                    self._weighed.add(process)
                    # Each by itself: no session's weighing may hold up another's.
                    self._registry.spawn(self._weigh(session, process, pids))

    async def _weigh(self, session, process, pids):
        """The first look counts pages that forked processes share once for each of them."""
        try:
            asked = self._link.ask("weigh", process.number, uid=process.uid, pids=pids)
            used = (await asyncio.wait_for(asked, _WEIGH_SECONDS)).get("bytes")
        except asyncio.TimeoutError:
            used = None
        finally:
            self._weighed.discard(process)
        # What cannot be weighed, by whatever the session did, counts as it was first seen.
        if used is None or used > session.memory:
            process.cause = "memory"
            process.kill()


def measure(keys, uids):
    """{key: (bytes, pids)}; keys are uids of sessions, or pids of their main processes where they have none."""
    found = {key: (0, []) for key in keys}
    if uids:
        for name in os.listdir("/proc"):
            if name.isdigit():
                uid, size = _status(name)
                if uid in found:
                    total, pids = found[uid]
                    found[uid] = (total + size, pids + [int(name)])
        return found
    rows = proc.table()
    for key in keys:
        pids = [pid for pid in proc.with_descendants(rows, [key]) if pid in rows]
        found[key] = (sum(_status(pid)[1] for pid in pids), pids)
    return found


def _status(pid):
    """(real uid, bytes) of a process."""
    uid, size = None, 0
    try:
        with open("/proc/%s/status" % pid, "rb", 0) as status:
            for line in status.read(8192).split(b"\n"):
                if line.startswith(b"Uid:"):
                    uid = int(line.split()[1])
                elif line.startswith(_PAGE_FIELDS):
                    size += int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return uid, size
