"""Takes connections from a listening socket, few at a time: a flood of them leaves time for everything else."""
import asyncio
import socket
import struct

_BACKLOG = 1024
_BATCH = 16
_PAUSE_SECONDS = 0.5
_DIAGNOSIS = 4  # NETLINK_SOCK_DIAG
_LISTENS = 10


class Acceptor:
    """`protocol()` serves each connection, unless `unwelcome(socket)`."""

    def __init__(self, listener, protocol, unwelcome=None):
        self._listener = listener
        self._protocol = protocol
        self._unwelcome = unwelcome
        self._loop = asyncio.get_running_loop()
        listener.setblocking(False)
        listener.listen(_BACKLOG)
        self._resume()

    def _resume(self):
        if self._listener.fileno() >= 0:
            self._loop.add_reader(self._listener, self._accept)

    def _accept(self):
        for _ in range(_BATCH):
            try:
                peer = self._listener.accept()[0]
            except (BlockingIOError, ConnectionError):
                return
            except OSError:  # no descriptor is left
                self._loop.remove_reader(self._listener)
                self._loop.call_later(_PAUSE_SECONDS, self._resume)
                return
            if self._unwelcome is not None and self._unwelcome(peer):
                peer.close()
                continue
            peer.setblocking(False)
            self._loop.create_task(self._loop.connect_accepted_socket(self._protocol, peer))

    def close(self):
        self._loop.remove_reader(self._listener)
        self._listener.close()


class Owners:
    """Tells who holds the other end of a TCP connection, where that is a process of this network."""

    def __init__(self):
        try:
            self._kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _DIAGNOSIS)
            self._kernel.settimeout(1)
        except OSError:
            self._kernel = None

    def find(self, connection):
        """(uid, inode), inode 0 when it is closed already; None when it is elsewhere, or cannot be known."""
        if self._kernel is None:
            return None
        try:
            here, there = connection.getsockname(), connection.getpeername()
            family = connection.family
            addresses = [socket.inet_pton(family, address[0].partition("%")[0]) for address in (there, here)]
            if addresses[0].startswith(b"\0" * 10 + b"\xff\xff"):
                family, addresses = socket.AF_INET, [address[12:] for address in addresses]
            wanted = struct.pack("!HH16s16s", there[1], here[1], *addresses) + struct.pack("=I8s", 0, b"\xff" * 8)
            request = struct.pack("=BBBxI", family, socket.IPPROTO_TCP, 0, 0xFFFFFFFF) + wanted
            self._kernel.send(struct.pack("=IHHII", 16 + len(request), 20, 1, 0, 0) + request)
            answer = self._kernel.recv(4096)
        except OSError:
            return None
        # A listening socket is found where there is no connection: that says nothing of who is connected.
        if len(answer) < 88 or struct.unpack_from("=H", answer, 4)[0] != 20 or answer[17] == _LISTENS:
            return None
        return struct.unpack_from("=II", answer, 80)
