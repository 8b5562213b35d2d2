"""What a forked child does to become a session: gives up its powers, loads its contexts, serves blocks."""
import fcntl
import os
import resource
import signal
import sys
import traceback

from rlm_agent import proc, wire
from rlm_agent.loading import ContextError, load
from rlm_agent.query import Queries
from rlm_agent.repl import Repl
from rlm_agent.stdio import Streams

_HIGH_FD = 900
_NICE = 5  # the agent, which serves and ends all sessions, comes first where they compute without end
_GIB = 1 << 30


def become(spec, fds, template_pid):
    """Never returns. `fds`: control, stdout, stderr, then the contexts in the order of `spec["contexts"]`."""
    status = 70
    try:
        control = _settle(spec, fds, template_pid)
        status = _serve(spec, control)
    except EOFError:  # the agent closed the channel
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _settle(spec, fds, template_pid):
    base = _raise_file_limit()
    fds = [_move(fd, base) for fd in fds]
    null = _move(os.open("/dev/null", os.O_RDONLY), base)
    for number, fd in enumerate((null, fds[1], fds[2])):
        os.dup2(fd, number)
    os.closerange(3, base)
    os.setsid()
    os.umask(0o077)
    _write("/proc/self/oom_score_adj", "1000")
    os.nice(_NICE)
    proc.name_process("rlm_session")
    _limit(spec)
    _drop_powers(spec["uid"])
    proc.prctl(proc.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != template_pid:
        os._exit(0)  # the template ended before the line above could help
    os.chdir(spec["home"])
    for name in ("HOME", "TMPDIR", "PWD"):
        os.environ[name] = spec["home"]
    if os.environ.get(proc.LARGE_PAGES[0]) == proc.LARGE_PAGES[1]:
        del os.environ[proc.LARGE_PAGES[0]]  # for this process it has done its work; programs that it starts are the code's own
    os.environ["RLM_BROKER_SOCKET"] = spec["home"] + "/broker.sock"
    sys.path.insert(0, "")
    sys.argv = [""]
    spec["fds"] = fds[3:]
    spec["copies"] = (null, fds[1], fds[2])
    return fds[0]


def _raise_file_limit():
    """All descriptors that code may have; returns the number from which the session keeps its own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return min(_HIGH_FD, most - 100)


def _move(fd, base):
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, base)


def _write(path, text):
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError:
        pass


def _limit(spec):
    limits = [
        (resource.RLIMIT_CORE, 0),
        # Address space counts reservations, which threads and libraries make freely: only a backstop for the
        # agent's watcher, which counts what is used.
        (resource.RLIMIT_AS, 2 * spec["memory"] + 4 * _GIB),
        (getattr(resource, "RLIMIT_MSGQUEUE", None), 0),  # POSIX queues would outlive the session
        (resource.RLIMIT_NPROC, spec["processes"]),
    ]
    for kind, value in limits:
        if kind is None or value is None:
            continue
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _drop_powers(uid):
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    proc.prctl(proc.PR_SET_NO_NEW_PRIVS, 1)
    proc.drop_capabilities()
    # Of its own /proc files the code may be owner again; with an own uid nobody else can use that.
    proc.prctl(proc.PR_SET_DUMPABLE, 1)


def _serve(spec, control):
    contexts = {}
    try:
        for context, fd in zip(spec["contexts"], spec["fds"]):
            contexts[context["name"]] = load(fd, context)
            os.close(fd)
    except ContextError as failure:
        wire.send(control, wire.FAILED, wire.to_bytes({"code": failure.code, "message": str(failure)}))
        return 0
    repl = Repl(contexts, Queries(os.environ["RLM_BROKER_SOCKET"]), Streams(spec["copies"]))
    del contexts
    wire.send(control, wire.READY, b"{}")
    while True:
        try:
            kind, payload = wire.receive(control)
        except KeyboardInterrupt:
            continue
        number = int.from_bytes(payload[:4], "big")
        code = payload[4:].decode("utf-8", "replace")
        del payload
        wire.send(control, wire.DONE, wire.to_bytes(repl.run(number, code)))
