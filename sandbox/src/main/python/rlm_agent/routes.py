"""The calls that the worker makes: who may call, which call is which, what its body must hold."""
import asyncio
import hashlib
import hmac
import socket

from rlm_agent import polling
from rlm_agent.accepting import Owners
from rlm_agent.contexts import Contexts
from rlm_agent.errors import ApiError, bad_request
from rlm_agent.registry import checked_id
from rlm_agent.server import read_json

_MOST_BODY = 64 << 20
_MOST_STRANGERS = 128
_MOST_CONNECTIONS = 4096
_STRANGER_SECONDS = 10
_IDLE_SECONDS = 900
_MOST_TIMEOUT = 7 * 86400


class Api:
    """The app behind the tunnel's port."""

    def __init__(self, agent):
        self._agent = agent
        self._token = agent.config["tokenSha256"].lower()
        self._owners = Owners()
        self._connections = {}  # connection -> None, in the order they came

    # Connections

    def admit(self, connection):
        """Strangers may hold few connections: the oldest of theirs makes room, those of this machine first."""
        most = min(_MOST_CONNECTIONS, self._agent.config["descriptors"] // 8)
        strangers = [one for one in self._connections if not one.authorized]
        if len(strangers) >= min(_MOST_STRANGERS, most // 2):
            victim = next(filter(_near, strangers), strangers[0])
            self.gone(victim)
            victim.transport.abort()
        if len(self._connections) >= most:
            return False
        self._connections[connection] = None
        return True

    def unwelcome(self, peer):
        """Whether a session's process connects here, or did and has gone: a flood of these must cost next to nothing."""
        registry = self._agent.registry
        owner = self._owners.find(peer) if registry.uids and peer.family != socket.AF_UNIX else None
        return owner is not None and (owner[1] == 0 or owner[0] in registry.block)

    def gone(self, connection):
        self._connections.pop(connection, None)

    def expire(self, now):
        """Hangs up on those who neither said who they are nor say anything any more."""
        for connection in list(self._connections):
            patience = _IDLE_SECONDS if connection.authorized else _STRANGER_SECONDS
            if now - connection.active > patience and (connection.idle() or not connection.authorized):
                connection.transport.abort()

    def authorize(self, connection, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        found = hashlib.sha256(token.strip().encode("latin-1")).hexdigest()
        if not hmac.compare_digest(found, self._token) or scheme.lower() != "bearer":
            raise ApiError(401, "unauthorized", "the bearer token is missing or wrong")
        connection.authorized = True

    # Calls

    async def handle(self, connection, request):
        parts = request.path.split("/")[1:]
        route = _ROUTES.get((parts[0], len(parts), parts[2] if len(parts) > 2 else None))
        if route is None:
            raise ApiError(404, "unknown-path", "there is no %s" % request.path[:200])
        method = route.get(request.method)
        if method is None:
            raise ApiError(405, "method", "%s takes %s" % (request.path[:200], " or ".join(sorted(route))))
        return await method(self, connection, request, parts[1] if len(parts) > 1 else None)

    async def _health(self, connection, request, name):
        agent = self._agent
        return 200, {
            "status": "ok",
            "epoch": agent.broker.epoch,
            "python": agent.python,
            "uids": agent.registry.uids,
            "sessions": len(agent.registry),
        }

    async def _put_context(self, connection, request, name):
        Contexts.check_name(name)
        return await self._agent.contexts.put(request, name)

    async def _post_context(self, connection, request, name):
        return await self._agent.contexts.put(request, None)

    async def _head_context(self, connection, request, name):
        return (404 if self._agent.contexts.size(name) is None else 200), {}

    async def _delete_context(self, connection, request, name):
        Contexts.check_name(name)
        return 200, {"deleted": self._agent.contexts.delete(name)}

    async def _open_session(self, connection, request, name):
        asked = await read_json(request, _MOST_BODY)
        return 201, await self._agent.registry.open(asked)

    async def _close_session(self, connection, request, name):
        return 200, {"clean": await self._agent.registry.close(name)}

    async def _execute(self, connection, request, name):
        asked = await read_json(request, _MOST_BODY)
        block = checked_id(asked.get("id"), "id")
        code, timeout, setup = asked.get("code"), asked.get("timeoutSeconds"), asked.get("setup", False)
        if not isinstance(code, str):
            raise bad_request("code must be text")
        if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not 0 < timeout <= _MOST_TIMEOUT:
            raise bad_request("timeoutSeconds must be a number above 0")
        if not isinstance(setup, bool):
            raise bad_request("setup must be true or false")
        self._agent.registry.find(name).execute(block, code, timeout, setup)
        return 202, {"id": block}

    async def _interrupt(self, connection, request, name):
        asked = await read_json(request, _MOST_BODY)
        block = checked_id(asked.get("execution"), "execution")
        self._agent.registry.find(name).interrupt(block)
        return 202, {"execution": block}

    async def _pending(self, connection, request, name):
        agent = self._agent
        agent.renew_lease()
        if not request.query:
            return 200, {"pending": agent.broker.pending()}
        after, wait, stream = polling.parameters(request.query, agent.config["leaseSeconds"] / 3)
        agent.broker.acknowledge(after)
        if not stream:
            return 200, await polling.poll(agent.broker, after, wait)
        await polling.Stream(agent.broker, connection, after).run(wait)
        return 200, None

    async def _respond(self, connection, request, name):
        asked = await read_json(request, _MOST_BODY)
        answers = asked.get("answers", [asked])
        if not isinstance(answers, list):
            raise bad_request("answers must be a list")
        checked = [self._checked_answer(answer) for answer in answers]
        respond = self._agent.broker.respond
        return 200, {"results": [{"id": name, "status": respond(name, response)} for name, response in checked]}

    def _checked_answer(self, answer):
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
            raise bad_request("an answer must be an object with an id")
        name, response = answer["id"], answer.get("response")
        if not isinstance(response, dict):
            raise bad_request("the response to %s must be an object" % name[:80])
        texts = response.get("responses")
        if isinstance(response.get("error"), str):
            return name, {"error": response["error"]}
        if isinstance(response.get("response"), str):
            return name, {"response": response["response"]}
        if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
            return name, {"responses": texts}
        raise bad_request("the response to %s must hold response, responses or error" % name[:80])

    async def _shutdown(self, connection, request, name):
        asyncio.get_running_loop().call_later(0.01, self._agent.shut_down)
        return 202, {}


def _near(connection):
    here, there = [connection.transport.get_extra_info(name) for name in ("sockname", "peername")]
    return bool(there) and (there[0] == here[0] or there[0].startswith("127."))


_ROUTES = {
    ("health", 1, None): {"GET": Api._health},
    ("contexts", 1, None): {"POST": Api._post_context},
    ("contexts", 2, None): {"PUT": Api._put_context, "HEAD": Api._head_context, "DELETE": Api._delete_context},
    ("sessions", 1, None): {"POST": Api._open_session},
    ("sessions", 2, None): {"DELETE": Api._close_session},
    ("sessions", 3, "execute"): {"POST": Api._execute},
    ("sessions", 3, "interrupt"): {"POST": Api._interrupt},
    ("pending", 1, None): {"GET": Api._pending},
    ("respond", 1, None): {"POST": Api._respond},
    ("shutdown", 1, None): {"POST": Api._shutdown},
}
