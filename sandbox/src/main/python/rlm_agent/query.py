"""llm_query and llm_query_batched: what session code sees of the broker."""
from _socket import AF_UNIX, SOCK_STREAM, socket

from rlm_agent import wire

_HEAD = (
    "POST /enqueue HTTP/1.1\r\nHost: broker\r\nContent-Type: application/json\r\n"
    "Connection: close\r\nContent-Length: %d\r\n\r\n"
)


_PART_BYTES = 30 << 20  # the door takes 32 MiB


class Queries:
    """Asks through one session's socket. Any number of threads may ask at once."""

    def __init__(self, path):
        self._path = path

    def _post(self, request):
        body = wire.to_bytes(request)
        connection = socket(AF_UNIX, SOCK_STREAM, 0)
        try:
            connection.settimeout(None)  # socket.setdefaulttimeout is the code's own affair
            connection.connect(self._path)
            connection.sendall((_HEAD % len(body)).encode("ascii") + body)
            pieces = []
            while True:
                piece = connection.recv(1 << 18)
                if not piece:
                    break
                pieces.append(piece)
        finally:
            connection.close()
        head, end, body = b"".join(pieces).partition(b"\r\n\r\n")
        if not end:
            raise OSError("the broker closed the connection without an answer")
        return wire.parse(body)

    def _ask(self, request):
        try:
            answer = self._post(request)
        except Exception as failure:
            return None, "Error: Request failed: %s" % failure
        if answer.get("error") is not None:
            return None, "Error: %s" % answer["error"]
        return answer, None

    def single(self, prompt, model):
        request = {"type": "single", "prompt": _text(prompt), "model": _name(model), "depth": None}
        answer, error = self._ask(request)
        if error is not None:
            return error
        text = answer.get("response")
        return text if text is not None else "Error: No response"

    def batched(self, prompts, model):
        prompts = [_text(prompt) for prompt in ([prompts] if type(prompts) is str else prompts)]
        replies = []
        for part in _parts(prompts):
            replies += self._part(part, model)
        return replies

    def _part(self, prompts, model):
        request = {"type": "batched", "prompts": prompts, "model": _name(model), "depth": None}
        answer, error = self._ask(request)
        if error is not None:
            return [error] * len(prompts)
        texts = answer.get("responses")
        if type(texts) is not list or len(texts) != len(prompts):
            return ["Error: No completions returned"] * len(prompts)
        return texts


def _parts(prompts):
    """The prompts in runs that one request can carry: usually one."""
    part, size = [], 0
    for prompt in prompts:
        cost = len(prompt) * (2 if prompt.isascii() else 12)  # as JSON, at the most usual worst
        if part and size + cost > _PART_BYTES:
            yield part
            part, size = [], 0
        part.append(prompt)
        size += cost
    if part:
        yield part


def _text(prompt):
    # A str subclass would not be quoted as the plain text it holds.
    return prompt if type(prompt) is str else str.__str__(prompt) if isinstance(prompt, str) else str(prompt)


def _name(model):
    return None if model is None else _text(model)
