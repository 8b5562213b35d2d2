"""A session's own socket: the only thing that is served there is POST /enqueue, and only to that session."""
import os
import socket
import struct

from rlm_agent import strict
from rlm_agent.accepting import Acceptor
from rlm_agent.errors import ApiError, bad_request
from rlm_agent.server import Connection, read_json

MOST_CONNECTIONS = 1100
MOST_BODY = 32 << 20
_IDLE_SECONDS = 60
_MOST_PROMPTS = 100000
_MOST_MODEL = 1000
_MOST_DEPTH = 1000
_UCRED = struct.Struct("iII")


class Budget:
    """Bytes that one session's requests may take in the agent while they come in."""

    def __init__(self, most):
        self._left = most

    def take(self, count):
        if count > self._left:
            return False
        self._left -= count
        return True

    def give_back(self, count):
        self._left += count


class Doors:
    """All of the agent. Together they hold at most `most` connections, so that descriptors are left for all else."""

    def __init__(self, most):
        self.most = most
        self.count = 0
        self.open = set()

    def make_room(self, door):
        """Whether this door may have another connection; if need be the fullest one loses its newest."""
        if self.count >= self.most:
            fullest = max(self.open, key=lambda one: len(one.connections))
            if len(fullest.connections) <= len(door.connections) + 1:
                return False
            newest = next(reversed(list(fullest.connections)))
            fullest.gone(newest)
            newest.transport.abort()
        self.count += 1
        return True

    def expire(self, now):
        """Hangs up on those that ask nothing."""
        for door in self.open:
            for connection in list(door.connections):
                if connection.stale(now, _IDLE_SECONDS):
                    connection.transport.abort()


class Door:
    """The app behind the socket. Which session asks is known from the socket, not from what is said."""

    def __init__(self, doors, broker, session, uid, execution):
        self._doors = doors
        self._broker = broker
        self._session = session
        self._uid = os.geteuid() if uid is None else uid
        self._execution = execution  # tells the id of the block that runs, or None
        self._budget = Budget(2 * MOST_BODY)
        self.connections = {}  # -> None, in the order they came
        self._acceptor = None

    def open(self, home):
        """Listens in the session's folder."""
        path = home + "/broker.sock"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        os.chmod(path, 0o600)
        if self._uid != os.geteuid():
            os.chown(path, self._uid, self._uid)
        self._acceptor = Acceptor(listener, lambda: Connection(self))
        self._doors.open.add(self)

    def close(self):
        """Hangs up on everybody."""
        if self._acceptor is not None:
            self._acceptor.close()
        self._doors.open.discard(self)
        for connection in list(self.connections):
            connection.transport.abort()

    def admit(self, connection):
        peer = connection.transport.get_extra_info("socket")
        _, uid, _ = _UCRED.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size))
        if uid != self._uid or len(self.connections) >= MOST_CONNECTIONS or not self._doors.make_room(self):
            return False
        self.connections[connection] = None
        return True

    def gone(self, connection):
        if connection in self.connections:
            del self.connections[connection]
            self._doors.count -= 1

    def authorize(self, connection, request):
        if request.path != "/enqueue":
            raise ApiError(404, "unknown-path", "only /enqueue is served here")
        if request.method != "POST":
            raise ApiError(405, "method", "/enqueue takes POST")
        if request.length() is None:  # taking tiny chunks apart would cost the agent far more than sending them
            raise bad_request("the body must come with its Content-Length")

    async def handle(self, connection, request):
        asked = await read_json(request, MOST_BODY, _parse, self._budget)
        wish, failure, size = _checked(asked)
        if failure is not None:
            return 200, {"error": failure}
        execution = self._execution()
        if execution is None:
            return 200, {"error": "no block is running; only while one runs can code ask"}
        query, refusal = self._broker.ask(self._session, execution, wish, size)
        if query is None:
            return 200, {"error": refusal}
        try:
            return 200, await query.answer
        finally:
            if not query.answer.done() or query.answer.cancelled():  # whoever asked has hung up
                self._broker.withdraw(self._session, [query.id])


def _parse(data):
    return strict.parse(data, _MOST_PROMPTS + 100)


def _checked(asked):
    """(the request as the worker sees it, None, its size) or (None, what is wrong with it, 0)."""
    kind, model, depth = asked.get("type"), asked.get("model"), asked.get("depth")
    # The worker's JSON reader is strict, and what it cannot read costs the whole sandbox.
    if model is not None and (not isinstance(model, str) or len(model) > _MOST_MODEL):
        return None, "model must be text of at most %d characters" % _MOST_MODEL, 0
    if depth is not None and (type(depth) is not int or not 0 <= depth <= _MOST_DEPTH):
        return None, "depth must be a whole number from 0 to %d" % _MOST_DEPTH, 0
    if kind == "single":
        name, prompts = "prompt", [asked.get("prompt")]
    elif kind == "batched":
        name, prompts = "prompts", asked.get("prompts")
    else:
        return None, "Unknown request type", 0
    if not isinstance(prompts, list) or not prompts or prompts == [None] or prompts == [""]:
        return None, "Missing 'prompt' or 'prompts' in request.", 0
    if len(prompts) > _MOST_PROMPTS:
        return None, "there may be at most %d prompts" % _MOST_PROMPTS, 0
    if not all(isinstance(prompt, str) for prompt in prompts):
        return None, "a prompt must be text", 0
    request = {"type": kind, name: prompts[0] if kind == "single" else prompts, "model": model, "depth": depth}
    return request, None, sum(map(len, prompts)) + 64 * len(prompts) + len(model or "")
