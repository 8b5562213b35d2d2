"""Runs a command in a sandbox, and passes bytes between Unix sockets that the host sees and the sandbox's own ports.

Arguments: settings as JSON, then the command. Settings: "ports", each with the path of its Unix socket; "workDir", where
the command starts; "alone", whether processes that outlive the command have to be ended here, as nothing else does it.

Says that it is ready in one line of stdout, and only then starts the command. Ends with the command's exit code, with 128
and the signal's number when one killed it, with 126 or 127 when it could not be started; and when its stdin ends.
"""
import errno
import json
import os
import selectors
import signal
import socket
import sys
import time

_PIECE = 256 * 1024
_BACKLOG = 512
_DRAIN_SECONDS = 0.5
_REST_SECONDS = 0.1
_SUBREAPER = 36


class _End:
    def __init__(self, pair, connection, connecting):
        self.pair = pair
        self.connection = connection
        self.connecting = connecting
        self.unsent = b""
        self.input_over = False
        self.output_over = False
        self.wanted = 0
        self.other = None


class _Pair:
    """Two connections whose bytes go over to each other; what one does not take yet stops the other from being read."""

    def __init__(self, relay, outer, port):
        self._relay = relay
        inner = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        for connection in (outer, inner):
            connection.setblocking(False)
        inner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = inner.connect_ex(("127.0.0.1", port))
        self._ends = (_End(self, outer, False), _End(self, inner, code == errno.EINPROGRESS))
        self._ends[0].other, self._ends[1].other = self._ends[1], self._ends[0]
        relay.pairs.add(self)
        if code not in (0, errno.EINPROGRESS):
            self.close()  # nobody listens: the caller sees its connection closed
        else:
            self._want()

    def ready(self, end, events):
        try:
            if end.connecting:
                failure = end.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if failure:
                    raise OSError(failure, "not connected")
                end.connecting = False
            if events & selectors.EVENT_WRITE and end.unsent:
                end.unsent = end.unsent[end.connection.send(end.unsent):]
            if events & selectors.EVENT_READ and not end.input_over and not end.other.unsent:
                self._move(end, end.other)
            for one in self._ends:
                if one.other.input_over and not one.unsent and not one.output_over:
                    one.output_over = True
                    one.connection.shutdown(socket.SHUT_WR)
            if all(one.output_over for one in self._ends):
                self.close()
            else:
                self._want()
        except BlockingIOError:
            self._want()
        except OSError:
            self.close()  # both sides see a broken connection, as they would without this relay

    def _move(self, source, target):
        piece = source.connection.recv(_PIECE)
        if not piece:
            source.input_over = True
            return
        try:
            sent = target.connection.send(piece)
        except BlockingIOError:
            sent = 0
        target.unsent = piece[sent:]

    def _want(self):
        connecting = any(end.connecting for end in self._ends)
        for end in self._ends:
            wanted = 0
            if not (connecting or end.input_over or end.other.unsent):
                wanted |= selectors.EVENT_READ
            if end.connecting or end.unsent and not connecting:
                wanted |= selectors.EVENT_WRITE
            self._relay.watch(end, wanted)

    def close(self):
        for end in self._ends:
            self._relay.watch(end, 0)
            end.connection.close()
        self._relay.pairs.discard(self)


class _Relay:
    def __init__(self, settings):
        self.pairs = set()
        self._alone = settings["alone"]
        self._selector = selectors.DefaultSelector()
        self._resting = {}
        self._over = False
        self._listeners = []
        for port, path in settings["ports"].items():
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(path)
            os.chmod(path, 0o600)
            listener.listen(_BACKLOG)
            listener.setblocking(False)
            self._selector.register(listener, selectors.EVENT_READ, int(port))
            self._listeners.append(listener)
        self._bell, bell = socket.socketpair()
        for end in (self._bell, bell):
            end.setblocking(False)
        self._kept = bell
        signal.set_wakeup_fd(bell.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._end)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._selector.register(self._bell, selectors.EVENT_READ, None)
        self._selector.register(0, selectors.EVENT_READ, None)

    def _end(self, *_):
        self._over = True

    def watch(self, end, wanted):
        if wanted == end.wanted:
            return
        if not end.wanted:
            self._selector.register(end.connection, wanted, end)
        elif not wanted:
            self._selector.unregister(end.connection)
        else:
            self._selector.modify(end.connection, wanted, end)
        end.wanted = wanted

    def run(self, command):
        """Returns the exit code, once the command has ended or this is to end."""
        child = _spawn(command)
        code = None
        while code is None and not self._over:
            self._turn(None if not self._resting else _REST_SECONDS)
            code = _reap(child)
        if code is not None:  # what the command has said at last is still to be passed on
            for listener in self._listeners:
                if listener not in self._resting:
                    self._selector.unregister(listener)
            self._resting.clear()
            end = time.monotonic() + _DRAIN_SECONDS
            while self.pairs and not self._over and time.monotonic() < end:
                self._turn(0.05)
        if self._alone:
            _kill_children()
        return 128 + signal.SIGTERM if code is None else code

    def _turn(self, timeout):
        for key, events in self._selector.select(timeout):
            if isinstance(key.data, _End):
                if key.data.wanted:
                    key.data.pair.ready(key.data, events)
            elif isinstance(key.data, int):
                self._accept(key.fileobj, key.data)
            elif key.fileobj is self._bell:
                self._bell.recv(4096)
            elif not os.read(0, 4096):  # nothing is ever written to it; its end is the host's
                self._selector.unregister(0)
                self._over = True
        for listener, (port, since) in list(self._resting.items()):
            if time.monotonic() - since > _REST_SECONDS:
                del self._resting[listener]
                self._selector.register(listener, selectors.EVENT_READ, port)

    def _accept(self, listener, port):
        try:
            _Pair(self, listener.accept()[0], port)
        except (BlockingIOError, ConnectionError):
            pass
        except OSError:  # no descriptor is left: what waits would be told of without a pause
            self._selector.unregister(listener)
            self._resting[listener] = (port, time.monotonic())


def _spawn(command):
    actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
    defaults = [signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGHUP]
    try:
        return os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setsigdef=defaults, setpgroup=0)
    except OSError as failure:
        sys.stderr.write('exec: "%s": %s\n' % (command[0], failure.strerror))
        sys.stderr.flush()
        os._exit(127 if isinstance(failure, FileNotFoundError) else 126)


def _reap(child):
    """The child's exit code once it has one; others that have fallen to this process are let go on the way."""
    code = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == child:
            code = 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _kill_children():
    """What is killed leaves its own children to this process: again and again, until there are none."""
    while True:
        children = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % name) as stat:
                    parent = int(stat.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == os.getpid():
                children.append(int(name))
        if not children:
            return
        for pid in children:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        for pid in children:
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass


def _become_subreaper():
    import ctypes  # takes a while to import

    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def main():
    settings = json.loads(sys.argv[1])
    if settings["alone"]:
        _become_subreaper()
    relay = _Relay(settings)
    try:
        os.chdir(settings["workDir"])
    except OSError as failure:
        sys.stderr.write("workdir %s: %s\n" % (settings["workDir"], failure.strerror))
        sys.stderr.flush()
        os._exit(126)
    sys.stdout.write('{"ready": true}\n')
    sys.stdout.flush()
    os._exit(relay.run(sys.argv[2:]))


main()
