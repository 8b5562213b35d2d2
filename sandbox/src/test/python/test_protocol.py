"""Every call of docs/agent-protocol.md: who may call it, what it answers, what is refused."""
import json
import os
import socket
import threading
import time
import unittest

from case import AgentCase
from driver import TOKEN, unique


class Protocol(AgentCase):
    def test_health(self):
        status, health = self.agent.call("GET", "/health")

        self.assertEqual(200, status)
        self.assertEqual(("ok", 0), (health["status"], health["sessions"]))
        self.assertEqual((self.agent.ready["python"], self.agent.ready["uids"]), (health["python"], health["uids"]))
        self.assertTrue(health["epoch"])

    def test_every_call_needs_the_token(self):
        calls = (
            ("GET", "/health"),
            ("PUT", "/contexts/" + "0" * 64),
            ("POST", "/sessions"),
            ("GET", "/pending"),
            ("GET", "/pending?after=0&wait=1&stream=1"),
            ("POST", "/respond"),
            ("POST", "/shutdown"),
            ("GET", "/nothing"),
        )
        for method, path in calls:
            for token in (None, "wrong", TOKEN + "x", TOKEN[:-1], ""):
                status, answer = self.agent.call(method, path, b"{}", token=token)
                self.assertEqual((401, "unauthorized"), (status, answer["code"]), (method, path, token))
        self.assertEqual(401, self.agent.call("GET", "/health", token=None, headers={"Authorization": TOKEN})[0])
        basic = {"Authorization": "Basic " + TOKEN}
        self.assertEqual(401, self.agent.call("GET", "/health", token=None, headers=basic)[0])

    def test_wrong_token_is_told_even_to_a_large_upload(self):
        status, _ = self.agent.call("PUT", "/contexts/" + "0" * 64, b"x" * 30_000_000, token="wrong")

        self.assertEqual(401, status)

    def test_unknown_paths_and_methods(self):
        session = self.session()
        for path in ("/", "/nothing", "/sessions/%s/what" % session, "/contexts/a/b", "/health/x"):
            status, answer = self.agent.call("GET", path)
            self.assertEqual((404, "unknown-path"), (status, answer["code"]), path)
        for method, path in (("POST", "/health"), ("GET", "/sessions"), ("PUT", "/sessions/" + session)):
            status, answer = self.agent.call(method, path, b"{}")
            self.assertEqual((405, "method"), (status, answer["code"]), path)

    def test_bad_bodies(self):
        session = self.session()
        execute = "/sessions/%s/execute" % session
        cases = (
            ("/sessions", b"not json"),
            ("/sessions", b"[]"),
            ("/sessions", b"[" * 100_000),
            ("/sessions", {}),
            ("/sessions", {"id": "a b"}),
            ("/sessions", {"id": "x" * 81}),
            ("/sessions", {"id": "x", "contexts": [{"name": "1x", "sha256": "0" * 64, "type": "text"}]}),
            ("/sessions", {"id": "x", "contexts": [{"name": "answer", "sha256": "0" * 64, "type": "text"}]}),
            ("/sessions", {"id": "x", "contexts": [{"name": "c", "sha256": "0" * 64, "type": "yaml"}]}),
            ("/sessions", {"id": "x", "contexts": "c"}),
            (execute, {"id": "x", "timeoutSeconds": 1}),
            (execute, {"id": "x", "code": "1", "timeoutSeconds": "1"}),
            (execute, {"id": "x", "code": "1", "timeoutSeconds": 0}),
            (execute, {"id": "x", "code": "1", "timeoutSeconds": True}),
            (execute, {"id": "../x", "code": "1", "timeoutSeconds": 1}),
            (execute, {"id": "x", "code": "1", "timeoutSeconds": 1, "setup": 1}),
            ("/sessions/%s/interrupt" % session, {}),
            ("/respond", {"id": "x"}),
            ("/respond", {"id": "x", "response": {}}),
            ("/respond", {"answers": [{"id": "x", "response": {"responses": [1]}}]}),
        )
        for path, body in cases:
            status, answer = self.agent.call("POST", path, body)
            self.assertEqual((400, "bad-request"), (status, answer["code"]), (path, body))
            self.assertTrue(answer["error"])
        for query in ("after=x", "after=-1", "wait=x", "wait=-1", "wait=nan"):
            self.assertEqual(400, self.agent.call("GET", "/pending?" + query)[0], query)
        self.assert_serves(session)

    def test_body_that_is_too_large(self):
        status, answer = self.agent.call("POST", "/respond", b" " * ((64 << 20) + 1))

        self.assertEqual((413, "too-large"), (status, answer["code"]))

    def test_opening_again_gives_the_same_session(self):
        one = self.session()
        self.run_ok(one, "x = 1")
        status, answer = self.agent.call("POST", "/sessions", {"id": one, "contexts": []})

        self.assertEqual((201, one), (status, answer["id"]))
        self.assertEqual("1\n", self.run_ok(one, "print(x)")["stdout"])

    def test_opening_twice_at_once_opens_one(self):
        name, answers = unique("twin"), []
        body = {"id": name, "contexts": []}

        def open_it():
            answers.append(self.agent.call("POST", "/sessions", body))
            self.agent.disconnect()

        threads = [threading.Thread(target=open_it) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.addCleanup(self.agent.close, name)

        self.assertEqual([201] * 4, [status for status, _ in answers])
        self.assertEqual(1, len({answer["uid"] for _, answer in answers}))

    def test_closing_again_gives_the_same_answer(self):
        name = self.agent.open()

        self.assertTrue(self.agent.close(name))
        self.assertTrue(self.agent.close(name))
        self.assertEqual(404, self.agent.call("DELETE", "/sessions/never-seen")[0])
        status, answer = self.agent.call("POST", "/sessions", {"id": name, "contexts": []})
        self.assertEqual((409, "ended"), (status, answer["code"]))

    def test_repeated_execution_runs_once(self):
        one = self.session()
        self.run_ok(one, "n = 0")
        block = self.agent.start(one, "n += 1; import time; time.sleep(0.2)")
        for _ in range(3):
            self.agent.start(one, "n += 1", name=block)
        self.agent.result(block)
        self.agent.start(one, "n += 1", name=block)

        self.assertEqual("1\n", self.run_ok(one, "print(n)")["stdout"])

    def test_second_block_at_once_is_busy(self):
        one = self.session()
        block = self.agent.start(one, "import time; time.sleep(0.3)")
        body = {"id": unique("b"), "code": "1", "timeoutSeconds": 1}
        status, answer = self.agent.call("POST", "/sessions/%s/execute" % one, body)

        self.assertEqual((409, "busy"), (status, answer["code"]))
        self.agent.result(block)
        self.assertEqual(202, self.agent.call("POST", "/sessions/%s/execute" % one, body)[0])
        self.agent.result(body["id"])

    def test_no_session(self):
        body = {"id": "b", "code": "1", "timeoutSeconds": 1}
        for path, sent in (("execute", body), ("interrupt", {"execution": "b"})):
            status, answer = self.agent.call("POST", "/sessions/nobody/" + path, sent)
            self.assertEqual((404, "no-session"), (status, answer["code"]))

    def test_closing_a_session_ends_its_block(self):
        one = self.agent.open()
        block = self.agent.start(one, "while True: pass", timeout=60)

        self.assertTrue(self.agent.close(one))
        self.assertEqual("killed", self.agent.result(block)["outcome"])

    def test_setup_runs_again_after_a_restart(self):
        one = self.session(b"abc")
        self.run_ok(one, "size = len(context)\ndef double(x): return 2 * x", setup=True)
        self.run_ok(one, "more = 1")
        lost = self.agent.run(one, "import os; os._exit(0)")

        self.assertEqual((True, "code 0"), (lost["restarted"], lost["exit"]))
        self.assertEqual(["size", "double", "more"], lost["lost"])
        self.assertEqual("6 False\n", self.run_ok(one, "print(double(size), 'more' in globals())")["stdout"])

    def setup_that_takes_long_when_it_runs_again(self):
        """(session, the id of a block that waits for its setup code); the marker file tells the first run."""
        one = self.agent.open()
        marker = os.path.join(self.agent.folder, unique("marker"))
        open(marker, "w").close()
        os.chmod(self.agent.folder, 0o777)
        os.chmod(marker, 0o666)
        code = (
            "import os, time\nif os.path.getsize(%r):\n  open(%r, 'a').write('again')\n  time.sleep(60)\n"
            "open(%r, 'a').write('first')" % (marker, marker, marker)
        )
        self.run_ok(one, code, timeout=70, setup=True)
        self.agent.run(one, "os._exit(0)")
        block = self.agent.start(one, "time.sleep(60)", timeout=70)
        end = time.monotonic() + 60
        while os.path.getsize(marker) < len("firstagain") and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(len("firstagain"), os.path.getsize(marker))
        return one, block

    def test_closing_reaches_setup_code_that_runs_again(self):
        one, block = self.setup_that_takes_long_when_it_runs_again()
        begun = time.monotonic()

        self.assertTrue(self.agent.close(one))
        self.assertEqual("killed", self.agent.result(block)["outcome"])
        self.assertLess(time.monotonic() - begun, 40)

    def test_interrupt_reaches_setup_code_that_runs_again(self):
        one, block = self.setup_that_takes_long_when_it_runs_again()
        begun = time.monotonic()
        self.agent.call("POST", "/sessions/%s/interrupt" % one, {"execution": block})
        result = self.agent.result(block)

        self.assertEqual("interrupted", result["outcome"])
        self.assertIn("KeyboardInterrupt", result["note"])
        self.assertLess(time.monotonic() - begun, 40)
        self.assertTrue(self.agent.close(one))

    def test_setup_that_kills_the_process_is_said(self):
        one = self.session()
        self.agent.run(one, "import os; os._exit(4)", setup=True)
        result = self.agent.run(one, "print(1)")

        self.assertEqual("exited", result["outcome"])
        self.assertIn("could not be started again", result["note"])

    def raw(self, data):
        """What the agent answers to these bytes."""
        with socket.create_connection(("127.0.0.1", self.agent.port), 10) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def test_malformed_http(self):
        bearer = b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
        cases = (
            b"nonsense\r\n\r\n",
            b"GET /health HTTP/2.0\r\n" + bearer + b"\r\n",
            b"GET /health HTTP/1.1\r\nno colon\r\n\r\n",
            b"GET /health HTTP/1.1\r\n" + b"X: y\r\n" * 10000 + b"\r\n",
            b"POST /respond HTTP/1.1\r\n" + bearer + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
            b"POST /respond HTTP/1.1\r\n" + bearer + b"Content-Length: -1\r\n\r\n{}",
            b"POST /respond HTTP/1.1\r\n" + bearer + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            b"POST /respond HTTP/1.1\r\n" + bearer + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
            b"POST /respond HTTP/1.1\r\n" + bearer + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n",
        )
        for data in cases:
            self.assertTrue(self.raw(data).startswith(b"HTTP/1.1 400 "), data[:80])

    def test_pipelined_and_chunked_requests(self):
        bearer = b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
        body = json.dumps({"answers": []}).encode()
        chunks = b"".join(b"%x;e=1\r\n%b\r\n" % (1, body[i : i + 1]) for i in range(len(body)))
        data = b"POST /respond HTTP/1.1\r\n" + bearer + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
        data += b"0\r\nTrailer: x\r\n\r\nGET /health HTTP/1.1\r\nConnection: close\r\n" + bearer + b"\r\n"
        answer = self.raw(data)

        self.assertIn(b'{"results":[]}HTTP/1.1 200 OK', answer)
        self.assertIn(b'"status":"ok"', answer)

    def test_expectation_is_met(self):
        data = b"POST /respond HTTP/1.1\r\nAuthorization: Bearer %b\r\nExpect: 100-continue\r\n" % TOKEN.encode()
        answer = self.raw(data + b"Content-Length: 14\r\nConnection: close\r\n\r\n" + b'{"answers":[]}')

        self.assertTrue(answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"), answer)

    def test_many_strangers_do_not_lock_the_worker_out(self):
        strangers = [socket.create_connection(("127.0.0.1", self.agent.port), 10) for _ in range(300)]
        try:
            begun = time.monotonic()
            connection = self.agent.connect()
            connection.request("GET", "/health", headers={"Authorization": "Bearer " + TOKEN})
            self.assertEqual(200, connection.getresponse().status)
            connection.close()
            self.assertLess(time.monotonic() - begun, 50)
            self.assertEqual(b"", strangers[0].recv(1))
        finally:
            for stranger in strangers:
                stranger.close()


if __name__ == "__main__":
    unittest.main()
