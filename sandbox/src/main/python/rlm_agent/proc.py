"""What the kernel is asked directly: process attributes, capabilities, the process table."""
import os
import signal
import time

try:
    import ctypes

    _libc = ctypes.CDLL(None, use_errno=True)
    _fflush = _libc.fflush
except (ImportError, OSError):  # a python built without ctypes: weaker, but it works
    ctypes = _libc = _fflush = None

AT_HAND = _libc is not None
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_NAME = 15
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
# A setting of the C library: large values in large pages. The first use of a page can cost more than what it is used for.
LARGE_PAGES = ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
_CAPABILITY_VERSION_3 = 0x20080522


def prctl(option, value=0):
    """True when the kernel agreed."""
    if _libc is None:
        return False
    longs = [ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)]
    return _libc.prctl(ctypes.c_int(option), *longs) == 0


def name_process(name):
    """Sets the name that ps and /proc/PID/comm show (at most 15 bytes)."""
    if _libc is not None:
        buffer = ctypes.create_string_buffer(name.encode("ascii")[:15])
        if _libc.prctl(ctypes.c_int(PR_SET_NAME), buffer, 0, 0, 0) == 0:
            return
    try:
        with open("/proc/self/comm", "w") as comm:
            comm.write(name)
    except OSError:
        pass


def drop_capabilities():
    """Gives up every capability, ambient ones too. Needed where the uid stays 0."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    if _libc is not None and hasattr(_libc, "capset"):
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        nothing = (ctypes.c_uint32 * 6)()
        _libc.capset(header, nothing)


def flush_c_streams():
    """What C code printed without a flush becomes visible."""
    if _fflush is not None:
        _fflush(None)


def remove_ipc(uid):
    """Removes the System V IPC objects of `uid`; run it as that uid."""
    if _libc is None:
        return
    kinds = (("shm", "shmid", "shmctl"), ("msg", "msqid", "msgctl"), ("sem", "semid", "semctl"))
    for kind, column, remove in kinds:
        try:
            with open("/proc/sysvipc/" + kind) as lines:
                names = lines.readline().split()
                rows = [dict(zip(names, line.split())) for line in lines]
        except OSError:
            continue
        for row in rows:
            if str(uid) in (row.get("uid"), row.get("cuid")):
                getattr(_libc, remove)(*(int(row[column]), 0, 0) if kind == "sem" else (int(row[column]), 0, None))


class Row:
    """One process of the table."""

    __slots__ = ("pid", "ppid", "sid", "state")

    def __init__(self, pid, stat):
        fields = stat[stat.rindex(b")") + 2 :].split()
        self.pid = pid
        self.state = fields[0]
        self.ppid = int(fields[1])
        self.sid = int(fields[3])

    def gone(self):
        return self.state in (b"Z", b"X")


def table():
    """Every visible process: {pid: Row}."""
    rows = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb", 0) as stat:
                    rows[int(name)] = Row(int(name), stat.read(4096))
            except (OSError, ValueError, IndexError):
                continue
    return rows


def with_descendants(rows, roots):
    """The pids of `roots` and of everything below them."""
    children = {}
    for row in rows.values():
        children.setdefault(row.ppid, []).append(row.pid)
    found, todo = set(), list(roots)
    while todo:
        pid = todo.pop()
        if pid not in found:
            found.add(pid)
            todo.extend(children.get(pid, ()))
    return found


def owner(pid):
    """The real uid of a process, or None when it is gone. The folder's owner would not do: processes can hide it."""
    try:
        with open("/proc/%d/status" % pid, "rb", 0) as status:
            for line in status.read(4096).split(b"\n"):
                if line.startswith(b"Uid:"):
                    return int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return None


def kill_until_gone(find, seconds):
    """Stops, then kills what `find()` returns, until it returns nothing. False when time ran out."""
    end = time.monotonic() + seconds
    while True:
        pids = find()
        if not pids:
            return True
        if time.monotonic() > end:
            return False
        # First stop all of them: what is stopped cannot fork while the rest is being killed.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
        time.sleep(0.001)
