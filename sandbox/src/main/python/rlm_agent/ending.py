"""What helpers of the template do: end a session without a trace, sweep its children, weigh it, try out uids."""
import errno
import json
import os
import signal
import sys
import time

from rlm_agent import proc, sweeping

_KILL_SECONDS = 5
_FILES_SECONDS = 20
_MOST_FOLDER_BYTES = 1 << 15


def help_and_exit(request, writer, keep, alone, config):
    """In a child of the template: does one request, writes the answer, ends. Never returns."""
    try:
        proc.name_process("rlm_helper")
        os.setsid()
        if request["op"] == "end":
            answer = _end(request, keep, alone)
        elif request["op"] == "sweep":
            answer = _sweep(request, keep, alone)
        elif request["op"] == "weigh":
            answer = _weigh(request)
        else:
            answer = _writable_folders(config)
        os.write(writer, json.dumps(answer).encode())
    except BaseException as failure:
        os.write(writer, json.dumps({"clean": False, "why": "%s: %s" % (type(failure).__name__, failure)}).encode())
    finally:
        os._exit(0)


def take(uid, group=None):
    """This process acts as session `uid`, and no process of that uid can signal it.

    Its real and saved uid are uid + 1, which nobody else ever has: kill(-1) of this process reaches the session's
    processes and no others, and theirs do not reach it.
    """
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid + 1, uid, uid + 1)


def _end(request, keep, alone):
    uid = request["uid"]
    sweeper = sweeping.Sweeper(time.monotonic() + _KILL_SECONDS + _FILES_SECONDS)
    if uid is not None:
        take(uid)
        return clear(request, _KILL_SECONDS, sweeper)
    if not proc.kill_until_gone(lambda: _tree(request["pid"], keep, alone), _KILL_SECONDS):
        return _not_ended()
    if _orphans(proc.table(), keep):
        return {"clean": False, "why": "processes are left that may be this session's or another's"}
    sweeper.empty(request["home"])
    # Without an own uid it is not known whose the other files are; such a sandbox serves one session.
    return {"clean": sweeper.clean, "why": sweeper.why}


def clear(request, seconds, sweeper):
    """As the session's uid: ends its processes and removes all that it left. What the end of a session answers."""
    uid = request["uid"]
    if not _kill_all(seconds):
        return _not_ended()
    sweeper.empty(request["home"])
    sweeper.sweep(request["folders"], uid, request["firstUid"])
    if sweeper.clean:
        proc.remove_ipc(uid)
    return {"clean": sweeper.clean, "why": sweeper.why}


def _not_ended():
    return {"clean": False, "why": "processes of the session could not be ended"}


def _kill_all(seconds):
    """Every process of the uid at once; then waits until the template has reaped them all."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        os.kill(-1, signal.SIGKILL)  # its success says nothing: foreign processes count
        if not any(_mine(int(name)) for name in os.listdir("/proc") if name.isdigit()):
            return True
        time.sleep(0.0005)
    return False


def _mine(pid):
    """Whether this process, which acts as a session, may signal that one: then it belongs to the session."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return pid != os.getpid()


def _tree(main, keep, alone):
    """What belongs to a session without a uid: its descendants, and orphans that fell to the template."""
    rows = proc.table()
    roots = [main] if main in rows else []
    roots += [row.pid for row in _orphans(rows, keep) if alone or row.sid == main]
    return [pid for pid in proc.with_descendants(rows, roots) if pid in rows and not rows[pid].gone()]


def _orphans(rows, keep):
    """Children of the template that it did not start itself."""
    template, me = os.getppid(), os.getpid()
    found = [row for row in rows.values() if row.ppid == template and row.pid not in keep and row.pid != me]
    return [row for row in found if not row.gone()]


def kill_now(mains, uids):
    """Kills all that these sessions run, before any is ended in order: what still computes would slow that down."""
    rows = proc.table()
    for pid in proc.with_descendants(rows, mains) | {pid for pid in rows if proc.owner(pid) in uids - {None}}:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            pass


def _sweep(request, keep, alone):
    """Ends every process of the session but its main one."""
    main, uid = request["pid"], request["uid"]
    if uid is not None:
        take(uid)

    def find():
        if uid is None:
            return [pid for pid in _tree(main, keep, alone) if pid != main]
        rows = proc.table()
        return [pid for pid, row in rows.items() if pid != main and not row.gone() and proc.owner(pid) == uid]

    return {"clean": proc.kill_until_gone(find, 1)}


def _weigh(request):
    """Bytes of the session's processes, pages shared among them counted once."""
    if request["uid"] is not None:
        take(request["uid"])
    total = 0
    for pid in request["pids"]:
        try:
            with open("/proc/%d/smaps_rollup" % pid) as lines:
                for line in lines:
                    if line.startswith(("Pss_Anon:", "Pss_Shmem:", "SwapPss:")):
                        total += int(line.split()[1]) * 1024
        except FileNotFoundError:
            continue
        except OSError as failure:
            if failure.errno != errno.ESRCH:
                return {"bytes": None}
    return {"bytes": total}


def _writable_folders(config):
    if config["uids"]:
        take(config["firstUid"])
    os.nice(10)  # it may take seconds, and is needed only once the first session ends
    folders, complete = sweeping.writable_folders(config["workDir"], config["firstUid"])
    while len(json.dumps(folders)) > _MOST_FOLDER_BYTES:  # what no pipe and no message holds
        folders, complete = folders[: len(folders) // 2], False
    return {"folders": folders, "complete": complete}


def probe_uids(config):
    """(True, None) where a session can have a uid of its own, else (False, why not)."""
    if config["uids"] == "never":
        return False, "switched off"
    if not proc.AT_HAND:
        return False, "this python has no ctypes, so sessions' powers cannot be taken from them"
    if os.geteuid() != 0:
        return False, "the agent does not run as root"
    try:
        home = config["workDir"] + "/probe"
        os.mkdir(home)
        try:
            os.chown(home, config["firstUid"], config["firstUid"])
        finally:
            os.rmdir(home)
        reason = _probe_in_child(config)
    except OSError as failure:
        reason = "uids cannot be given to files or processes: %s" % failure.strerror
    return not reason, reason or None


def _probe_in_child(config):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            os.write(writer, (_try_uid(config["firstUid"], config["workDir"]) or "ok").encode()[:4000])
            signal.pause()  # until it is killed: that must be possible too
        finally:
            os._exit(1)
    os.close(writer)
    try:
        reason = os.read(reader, 4096).decode("utf-8", "replace") or "the probe failed"
        os.kill(pid, signal.SIGKILL)
    except PermissionError:
        return "processes of other users cannot be signalled"
    finally:
        os.close(reader)
    os.waitpid(pid, 0)
    return None if reason == "ok" else reason


def _try_uid(uid, work_dir):
    try:
        take(uid)
    except OSError as failure:
        return "uids cannot be taken: %s" % failure.strerror
    library = os.path.dirname(os.__file__)
    for path, mode in ((sys.executable, os.R_OK | os.X_OK), (library, os.R_OK | os.X_OK), (os.__file__, os.R_OK)):
        if not os.access(path, mode, effective_ids=True):
            return "python's own files (%s) cannot be read by other users" % path
    if not os.access(work_dir, os.X_OK, effective_ids=True):
        return "the folder %s cannot be reached by other users" % work_dir
    return None


def kill_descendants():
    """Ends every process below this one."""
    me = os.getpid()

    def find():
        rows = proc.table()
        return [pid for pid in proc.with_descendants(rows, [me]) if pid != me and pid in rows and not rows[pid].gone()]

    return proc.kill_until_gone(find, 0.3)


def remove_folder(path):
    """The agent's own folder, when it ends. Sessions are gone by then."""
    sweeper = sweeping.Sweeper(time.monotonic() + _FILES_SECONDS)
    sweeper.empty(path)
    try:
        os.rmdir(path)
    except OSError:
        pass
