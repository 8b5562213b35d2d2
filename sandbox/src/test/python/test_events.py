"""The event stream and its other forms: nothing is lost, nothing is answered twice."""
import json
import socket
import time
import unittest

from case import PollingCase


class Events(PollingCase):
    def test_event_comes_at_once_and_stays_until_acknowledged(self):
        one = self.open()
        block = self.agent.start(one, "import time; time.sleep(0.2); print(7)")
        begun = time.monotonic()
        first = self.poll(self.after, 40)

        self.assertLess(time.monotonic() - begun, 35)
        self.assertEqual([block], [event["id"] for event in first["events"]])
        self.assertEqual("7\n", first["events"][0]["result"]["stdout"])
        self.assertEqual(first["events"], self.poll(self.after, 0)["events"])
        self.assertEqual([], self.poll(first["last"], 0)["events"])
        self.assertEqual([], self.poll(self.after, 0)["events"])

    def test_poll_without_events_lasts_as_long_as_asked(self):
        begun = time.monotonic()
        answer = self.poll(self.after, 0.4)

        self.assertEqual([], answer["events"])
        self.assertGreaterEqual(time.monotonic() - begun, 0.4)

    def test_stream_opens_at_once_and_ends_in_time(self):
        begun = time.monotonic()
        connection, response = self.agent.stream(self.after, 30)
        response.readline()
        self.assertLess(time.monotonic() - begun, 25)
        connection.close()
        connection, response = self.agent.stream(self.after, 0.1)
        opening = json.loads(response.readline())
        self.assertEqual(("open", self.after), (opening["type"], opening["last"]))
        self.assertEqual("application/x-ndjson", response.getheader("Content-Type"))
        self.assertEqual(b"", response.read())
        self.assertLess(time.monotonic() - begun, 25)
        connection.close()

    def test_dropped_stream_loses_nothing(self):
        one = self.open()
        connection, response = self.agent.stream(self.after)
        json.loads(response.readline())
        blocks = []
        for number in range(5):
            blocks.append(self.run_unseen(one, "print(%d, 'x' * 100000)" % number))
        connection.sock.recv(5000)  # in the middle of an event
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        response.close()
        connection.close()
        blocks.append(self.run_unseen(one, "print('after')"))

        connection, response = self.agent.stream(self.after)
        found = []
        while len(found) < 6:
            event = json.loads(response.readline())
            if event["type"] == "executed" and event["session"] == one:
                found.append(event)
        connection.close()
        self.assertEqual(blocks, [event["id"] for event in found])
        self.assertEqual(sorted({event["seq"] for event in found}), [event["seq"] for event in found])

    def test_newer_stream_ends_an_older_one(self):
        one = self.open()
        old_connection, old = self.agent.stream(self.after)
        old.readline()
        connection, response = self.agent.stream(self.after)
        response.readline()
        self.assertEqual(b"", old.read())
        block = self.agent.start(one, "pass")

        self.assertEqual(block, json.loads(response.readline())["id"])
        old_connection.close()
        connection.close()

    def test_events_are_pushed_while_the_stream_is_slow_to_be_read(self):
        one = self.open()
        connection, response = self.agent.stream(self.after)
        response.readline()
        block = self.agent.start(one, "answer['content'] = 'y' * 8_000_000; print('z' * 250_000)")
        other = self.agent.start(self.open(), "pass")
        time.sleep(0.2)
        first, second = json.loads(response.readline()), json.loads(response.readline())
        connection.close()

        self.assertEqual({block, other}, {first["id"], second["id"]})
        self.assertEqual([self.after + 1, self.after + 2], [first["seq"], second["seq"]])

    def test_query_is_announced_answered_and_a_repeat_is_a_duplicate(self):
        one = self.open()
        block = self.agent.start(one, "print(llm_query('why?', model='m'))")
        query = self.next("query")

        self.assertEqual((one, block), (query["session"], query["execution"]))
        self.assertEqual({"type": "single", "prompt": "why?", "model": "m", "depth": None}, query["request"])
        status, answer = self.agent.call("POST", "/respond", {"answers": [
            {"id": query["id"], "response": {"response": "because \U0001f600\0"}},
            {"id": query["id"], "response": {"response": "again"}},
            {"id": "q-none-1", "response": {"response": "x"}},
        ]})
        self.assertEqual(["delivered", "duplicate", "gone"], [result["status"] for result in answer["results"]])
        self.assertEqual("because \U0001f600\0\n", self.next("executed")["result"]["stdout"])
        self.assertEqual("duplicate", self.agent.respond(query["id"], {"response": "late"}))

    def test_batch_is_one_query(self):
        one = self.open()
        self.agent.start(one, "print(llm_query_batched(['a', 'b']))")
        query = self.next("query")
        self.assertEqual(["a", "b"], query["request"]["prompts"])
        self.agent.respond(query["id"], {"responses": ["1", "2"]})

        self.assertEqual("['1', '2']\n", self.next("executed")["result"]["stdout"])

    def test_batch_that_is_too_large_for_one_request_goes_in_several(self):
        one = self.open()
        self.agent.start(one, "print(llm_query_batched([c * (6 << 20) for c in 'abcd']))")
        asked = []
        while len(asked) < 4:
            query = self.next("query")
            letters = [prompt[0] for prompt in query["request"]["prompts"]]
            asked += letters
            self.agent.respond(query["id"], {"responses": [letter.upper() for letter in letters]})

        self.assertEqual("['A', 'B', 'C', 'D']\n", self.next("executed")["result"]["stdout"])
        self.assertEqual(list("abcd"), asked)

    def test_errors_are_returned_as_text(self):
        one = self.open()
        cases = (
            ("llm_query('a')", {"error": "no"}, "Error: no"),
            ("llm_query('a')", {"responses": ["1"]}, "Error: No response"),
            ("llm_query_batched(['a', 'b'])", {"error": "no"}, "['Error: no', 'Error: no']"),
            ("llm_query_batched(['a', 'b'])", {"responses": ["1"]}, "['Error: No completions returned'] * 2"),
        )
        for code, response, expected in cases:
            self.agent.start(one, "print(%s)" % code)
            self.agent.respond(self.next("query")["id"], response)
            shown = self.next("executed")["result"]["stdout"]
            self.assertEqual(str(eval(expected)) if expected.startswith("[") else expected, shown.rstrip("\n"))
        self.agent.start(one, "print(llm_query(''), llm_query_batched([]))")
        shown = self.next("executed")["result"]["stdout"]
        self.assertEqual("Error: Missing 'prompt' or 'prompts' in request. []\n", shown)

    def test_queries_of_a_dead_process_are_withdrawn(self):
        one = self.open()
        code = "import threading, time, os\nthreading.Thread(target=llm_query, args=('x',)).start()\ntime.sleep(100)"
        block = self.agent.start(one, code)
        query = self.next("query")
        self.agent.call("POST", "/sessions/%s/interrupt" % one, {"execution": block})
        self.next("executed")
        self.agent.start(one, "os._exit(0)")

        self.assertEqual([query["id"]], self.next("withdrawn")["ids"])
        self.assertEqual("gone", self.agent.respond(query["id"], {"response": "x"}))

    def test_seeds_form_lists_what_is_unanswered(self):
        one = self.open()
        self.assertEqual({"pending": []}, self.agent.call("GET", "/pending")[1])
        self.agent.start(one, "print(llm_query('seed'))")
        query = self.next("query")
        expected = {"id": query["id"], "request": query["request"]}
        self.assertEqual((200, {"pending": [expected]}), self.agent.call("GET", "/pending"))
        self.assertEqual((200, {"pending": [expected]}), self.agent.call("GET", "/pending"))
        self.agent.respond(query["id"], {"response": "seeded"})

        self.assertEqual({"pending": []}, self.agent.call("GET", "/pending")[1])
        self.assertEqual("seeded\n", self.next("executed")["result"]["stdout"])

    def test_a_session_that_asks_too_much_is_refused_and_others_are_not(self):
        one, other = self.open(), self.open()
        code = (
            "import socket, json, os\nheld = []\nbody = json.dumps({'type': 'single', 'prompt': 'p'}).encode()\n"
            "for _ in range(1050):\n  s = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET'])\n"
            "  s.sendall(b'POST /enqueue HTTP/1.1\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)\n"
            "  held.append(s)\nheld[-1].settimeout(5); print(held[-1].recv(1000).split(b'\\r\\n\\r\\n')[1].decode())"
        )
        self.agent.start(one, code)
        self.assertIn("too many queries", self.next("executed")["result"]["stdout"])
        self.agent.start(other, "print(llm_query('mine'))")
        while True:
            query = self.next("query")
            if query["session"] == other:
                break
        self.agent.respond(query["id"], {"response": "yours"})
        self.assertEqual("yours\n", self.next("executed")["result"]["stdout"])

    def test_only_enqueue_is_served_in_the_sandbox(self):
        one = self.open()
        code = (
            "import socket, os\n"
            "for line in ('GET /pending', 'GET /health', 'POST /respond', 'GET /enqueue', 'POST /sessions'):\n"
            "  s = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET'])\n"
            "  s.sendall(line.encode() + b' HTTP/1.1\\r\\n\\r\\n'); print(s.recv(1000).split()[1].decode())"
        )
        self.agent.start(one, code)
        self.assertEqual("404\n404\n404\n405\n404\n", self.next("executed")["result"]["stdout"])


if __name__ == "__main__":
    unittest.main()
