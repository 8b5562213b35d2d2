"""Connections and requests without measure: the agent, the worker and the other sessions go on."""
import http.client
import os
import time
import unittest

from case import AgentCase
from driver import Agent, TOKEN
from packing import patched, python

_FEW = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (400, 400)); os.execv(sys.argv[1], sys.argv[1:])"
_HOLD = (
    "import os, socket\nheld = []\ntry:\n  for _ in range(300):\n    s = socket.socket(socket.AF_UNIX); held.append(s)\n"
    "    s.settimeout(5); s.connect(os.environ['RLM_BROKER_SOCKET'])\nexcept OSError as failure: print(failure)"
)


class FewDescriptors(AgentCase):
    settings = {"prefix": [python(), "-c", _FEW]}

    def test_sessions_that_hold_many_connections_take_none_that_others_need(self):
        hogs = [self.session() for _ in range(3)]
        for hog in hogs:
            self.run_ok(hog, _HOLD, timeout=60)
        other = self.session()
        end = time.monotonic() + 2  # some rounds of the memory watcher
        while time.monotonic() < end:
            self.assertEqual("echo:q\n", self.run_ok(other, "print(llm_query('q'))")["stdout"])
        self.assertLess(len(os.listdir("/proc/%d/fd" % self.agent.process.pid)), 350)
        self.assert_serves(hogs[0])

    def test_more_sessions_than_descriptors_are_refused(self):
        opened = []
        while True:
            name = "many-%d" % len(opened)
            status, answer = self.agent.call("POST", "/sessions", {"id": name})
            if status != 201:
                break
            opened.append(name)
            self.assertLess(len(opened), 60)
        self.assertEqual((503, "too-many"), (status, answer["code"]))
        for name in opened:
            self.assertTrue(self.agent.close(name))
        self.assert_serves(self.session())


class Floods(AgentCase):
    def test_who_does_not_read_its_answers_is_not_read_any_more(self):
        code = (
            "import os, socket\ns = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET']); s.settimeout(3)\n"
            "piece = b'POST /enqueue HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\n{}' * 1000\nsent = 0\n"
            "try:\n  while sent < 12 << 20: sent += s.send(piece)\nexcept OSError: print('stuck')"
        )
        one = self.session()
        self.assertEqual("stuck\n", self.run_ok(one, code, timeout=100)["stdout"])
        self.assert_serves(one)

    def test_pipelined_requests_are_all_answered_when_their_answers_are_read_late(self):
        code = (
            "import os, socket, threading\ns = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET'])\n"
            "data = b'POST /enqueue HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\n{}' * 5000\n"
            "t = threading.Thread(target=s.sendall, args=(data,)); t.start(); t.join(0.5)\n"
            "s.settimeout(60); seen = b''\nwhile seen.count(b'HTTP/1.1 200') < 5000: seen += s.recv(65536)\nprint('all')"
        )
        self.assertEqual("all\n", self.run_ok(self.session(), code, timeout=100)["stdout"])

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_sessions_that_connect_without_end_do_not_lock_the_worker_out(self):
        if not self.agent.ready["uids"]:
            self.skipTest("no uids here")
        code = (
            "import select, socket, time\nend = time.monotonic() + 100\nwhile time.monotonic() < end:\n"
            "  held = [socket.socket() for _ in range(200)]\n"
            "  for s in held: s.setblocking(False); s.connect_ex(('127.0.0.1', %d))\n" % self.agent.port
        )
        sessions = [self.session(), self.session()]
        blocks = [self.agent.start(one, code, timeout=200) for one in sessions]
        for _ in range(5):
            connection = http.client.HTTPConnection("127.0.0.1", self.agent.port, timeout=60)
            connection.request("GET", "/health", headers={"Authorization": "Bearer " + TOKEN})
            self.assertEqual(200, connection.getresponse().status)
            connection.close()
        for one, block in zip(sessions, blocks):
            self.agent.call("POST", "/sessions/%s/interrupt" % one, {"execution": block})
            self.agent.result(block)


class Idle(unittest.TestCase):
    def test_connections_that_ask_nothing_are_hung_up_on(self):
        changed = dict(patched("door", ("^_IDLE_SECONDS = 60$", "_IDLE_SECONDS = 1")))
        changed.update(patched("routes", ("^_STRANGER_SECONDS = 10$", "_STRANGER_SECONDS = 1")))
        with Agent(changed=changed) as agent:
            agent.answer = None
            one = agent.open()
            code = (
                "import os, socket, threading\nthreading.Thread(target=llm_query, args=('waits',), daemon=True).start()\n"
                "s = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET']); s.sendall(b'POST')\n"
                "s.settimeout(60)\ntry: print(s.recv(1))\nexcept ConnectionError: print(b'')"
            )
            self.assertEqual("b''\n", agent.run(one, code, timeout=100)["stdout"])
            connection = agent.connect()
            connection.connect()
            connection.sock.settimeout(60)
            try:
                self.assertEqual(b"", connection.sock.recv(1))
            except ConnectionError:
                pass
            connection.close()
            # Who waits for an answer is not idle.
            self.assertEqual(["waits"], [query["request"]["prompt"] for query in agent.queries])
            self.assertEqual([], agent.withdrawn)
            self.assertEqual("delivered", agent.respond(agent.queries[0]["id"], {"response": "x"}))


if __name__ == "__main__":
    unittest.main()
