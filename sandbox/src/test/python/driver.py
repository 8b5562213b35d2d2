"""Drives a real agent as the worker does: starts the process, speaks HTTP, follows the event stream."""
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from packing import bootstrap, python
from walls import bubblewrap

TOKEN = "token-of-the-tests"
_START_SECONDS = 90
_numbers = itertools.count(1)


def unique(prefix="x"):
    return "%s-%d" % (prefix, next(_numbers))


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path, timeout=120):
        super().__init__("agent", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Agent:
    """One agent process and a worker's view of it. `answer` is called for each query, in a thread of its own."""

    def __init__(
        self,
        bwrap=False,
        follow=True,
        env=None,
        bwrap_tmp=None,
        changed=None,
        interpreter=None,
        prefix=(),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        **settings
    ):
        self.folder = tempfile.mkdtemp(prefix="rlm-agent-test-")
        os.chmod(self.folder, 0o755)
        self.answer = lambda request: {"response": "echo:" + str(request.get("prompt"))}
        self.queries = []
        self.withdrawn = []
        self.results = {}
        self.last = 0
        self.epoch = None
        self._changed = threading.Condition()
        self._local = threading.local()
        self._stop = False
        self._path = None
        command = list(prefix) + [interpreter or python(), "-I", "-S", "-c", bootstrap(changed)]
        config = {"tokenSha256": hashlib.sha256(TOKEN.encode()).hexdigest(), "leaseSeconds": 120, "graceSeconds": 0.5}
        if bwrap:
            config.update(listen="unix:/run/rlm/agent.sock", workDir="/tmp/rlm", contextsDir="/run/rlm/contexts")
            os.mkdir(self.folder + "/run")
            self._path = self.folder + "/run/agent.sock"
            command = bubblewrap(self.folder + "/run", bwrap_tmp) + command
        else:
            config.update(listen="tcp:127.0.0.1:0", workDir=self.folder + "/work")
        config.update(settings)
        self.work_dir = config["workDir"]
        environment = dict(os.environ, RLM_AGENT_CONFIG=json.dumps(config), **(env or {}))
        if bwrap:
            environment["RLM_AGENT_CONFIG"] = json.dumps(config)
            place = command.index("--clearenv") + 1
            command[place:place] = ["--setenv", "RLM_AGENT_CONFIG", json.dumps(config)]
        begun = time.monotonic()
        self.process = subprocess.Popen(
            command, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr
        )
        self.errors = []
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()
        patience = threading.Timer(_START_SECONDS, self.process.kill)  # at whose end there is no line
        patience.start()
        line = self.process.stdout.readline()
        patience.cancel()
        self.ready_seconds = time.monotonic() - begun
        self.ready = json.loads(line) if line else {"ready": False, "error": "no line", "stderr": self.stderr()}
        self.port = self.ready.get("port")
        self._follower = None
        if follow and self.ready["ready"]:
            self.follow()

    def _read_errors(self):
        if self.process.stderr is not None:
            with self.process.stderr as stderr:
                for line in stderr:
                    self.errors.append(line.decode("utf-8", "replace"))

    def stderr(self):
        self._reader.join(1)
        return "".join(self.errors)

    # Calls

    def connect(self, timeout=120):
        if self._path is not None:
            return UnixConnection(self._path, timeout)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def call(self, method, path, body=None, headers=None, token=TOKEN):
        """(status, JSON) of one call, over this thread's own connection."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self.connect()
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        sent = {"Authorization": "Bearer " + token} if token else {}
        sent.update(headers or {})
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException):
            self._local.connection = None
            connection.close()
            raise
        return response.status, (json.loads(data) if data else None)

    def disconnect(self):
        """Closes this thread's own connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            connection.close()

    def put(self, data, headers=None):
        """Uploads a context and returns its hash."""
        name = hashlib.sha256(data).hexdigest()
        status, answer = self.call("PUT", "/contexts/" + name, data, headers)
        assert status in (200, 201), (status, answer)
        return name

    def open(self, context=None, kind="text", name=None):
        """Opens a session and returns its id."""
        name = name or unique("s")
        contexts = [] if context is None else [{"name": "context", "sha256": self.put(context), "type": kind}]
        status, answer = self.call("POST", "/sessions", {"id": name, "contexts": contexts})
        assert status == 201, (status, answer, self.errors)
        return name

    def start(self, session, code, timeout=60, setup=False, name=None):
        """Sends a block and returns its id."""
        name = name or unique("b")
        body = {"id": name, "code": code, "timeoutSeconds": timeout, "setup": setup}
        status, answer = self.call("POST", "/sessions/%s/execute" % session, body)
        assert status == 202, (status, answer)
        return name

    def result(self, name, seconds=90):
        """The result of a block, from its event."""
        with self._changed:
            assert self._changed.wait_for(lambda: name in self.results, seconds), "no result of " + name
            return self.results[name]

    def run(self, session, code, timeout=60, **options):
        """Runs a block to its end."""
        return self.result(self.start(session, code, timeout, **options), timeout + 90)

    def close(self, session):
        """Closes a session and returns whether it was clean."""
        status, answer = self.call("DELETE", "/sessions/" + session)
        assert status == 200, (status, answer)
        return answer["clean"]

    def respond(self, number, response):
        return self.call("POST", "/respond", {"id": number, "response": response})[1]["results"][0]["status"]

    # Events

    def follow(self):
        """Follows the event stream in a thread, from the last event that was seen."""
        self._stop = False
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()

    def unfollow(self):
        self._stop = True

    def stream(self, after, wait=10):
        """An open stream: (connection, response)."""
        connection = self.connect()
        path = "/pending?after=%d&wait=%g&stream=1" % (after, wait)
        connection.request("GET", path, headers={"Authorization": "Bearer " + TOKEN})
        return connection, connection.getresponse()

    def _follow(self):
        while not self._stop:
            try:
                connection, response = self.stream(self.last)
                with contextlib.closing(connection), response:
                    for line in response:
                        self._hear(json.loads(line))
                        if self._stop:
                            break
            except (OSError, ValueError, http.client.HTTPException):
                if self.process.poll() is not None:
                    return
                time.sleep(0.01)

    def _hear(self, event):
        if event["type"] == "open":
            self.epoch = event["epoch"]
        if "seq" not in event or event["seq"] <= self.last:
            return
        with self._changed:
            self.last = event["seq"]
            if event["type"] == "executed":
                self.results[event["id"]] = event["result"]
            elif event["type"] == "withdrawn":
                self.withdrawn.extend(event["ids"])
            else:
                self.queries.append(event)
            self._changed.notify_all()
        if event["type"] == "query" and self.answer is not None:
            threading.Thread(target=self._reply, args=(event,), daemon=True).start()

    def _reply(self, event):
        response = self.answer(event["request"])
        if response is not None:
            try:
                self.respond(event["id"], response)
            except (OSError, http.client.HTTPException):
                pass  # the test has ended the agent
            self.disconnect()

    def wait_until(self, condition, seconds=60):
        """Waits for something that events change."""
        with self._changed:
            assert self._changed.wait_for(condition, seconds), "not in time"

    # The end

    def end(self):
        """Ends the agent and removes what belongs to the test."""
        self._stop = True
        if self.process.poll() is None:
            try:
                self.call("POST", "/shutdown", {})
                self.process.wait(30)
            except (OSError, http.client.HTTPException, subprocess.TimeoutExpired):
                self.process.kill()
                self.process.wait(10)
        self.process.stdout.close()
        self.disconnect()
        if self._follower is not None:
            self._follower.join(5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.end()
