"""The store of events and queries: what it holds is bounded, and what one session does takes nothing from the others."""
import unittest

from case import PollingCase, wait_for
from packing import patched

_BOUNDS = {"MOST_EVENTS": "10000", "MOST_EVENT_BYTES": "256 << 20", "MOST_SESSION_BYTES": "64 << 20", "MOST_SESSION_QUERIES": "1000"}
_ASK = (
    "import os, socket, json\ndef ask(prompt):\n  s = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET'])\n"
    "  body = json.dumps({'type': 'single', 'prompt': prompt}).encode()\n"
    "  s.sendall(b'POST /enqueue HTTP/1.1\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)\n  return s\n"
)


def bounds(**low):
    """Settings of an agent with lower bounds."""
    changes = [("^%s = %s$" % (name, _BOUNDS[name]), "%s = %d" % (name, value)) for name, value in low.items()]
    return {"follow": False, "changed": patched("broker", *changes)}


class Store(PollingCase):
    settings = bounds(MOST_EVENTS=60, MOST_EVENT_BYTES=1 << 20, MOST_SESSION_BYTES=400000, MOST_SESSION_QUERIES=10)

    def pending(self):
        return self.agent.call("GET", "/pending")[1]["pending"]

    def ask(self, session, prompt, seen):
        """A block asks, and is over once `seen()`; its connection stays, in s."""
        block = self.run_unseen(session, "import time; s = ask(%s); time.sleep(100)" % prompt, 200)
        wait_for(seen)
        self.agent.call("POST", "/sessions/%s/interrupt" % session, {"execution": block})

    def asked_and_withdrawn(self, session, prompt, times):
        """The session asks and hangs up again and again; nothing is acknowledged."""
        for _ in range(times):
            self.ask(session, prompt, self.pending)
            self.run_unseen(session, "s.close()")
            wait_for(lambda: not self.pending())

    def assert_asks(self, session):
        self.ask(session, "'may I?'", lambda: [one for one in self.pending() if one["request"]["prompt"] == "may I?"])
        self.run_unseen(session, "s.close()")

    def test_withdrawn_queries_do_not_fill_the_store(self):
        one, other = self.open(), self.open()
        self.run_unseen(one, _ASK)
        self.run_unseen(other, _ASK)
        self.asked_and_withdrawn(one, "'x' * 200000", 8)

        self.assert_asks(other)
        kinds = [event["type"] for event in self.poll(self.after, 0)["events"]]
        self.assertNotIn("withdrawn", kinds)  # nobody had heard of them

    def test_answered_queries_do_not_fill_the_store(self):
        one = self.open()
        for _ in range(8):
            block = self.agent.start(one, "print(llm_query('x' * 200000))")
            query = wait_for(self.pending)[0]
            self.agent.respond(query["id"], {"response": "y"})
            wait_for(lambda: block in [event["id"] for event in self.poll(self.after, 0)["events"]])

    def test_a_session_that_withdraws_too_much_is_refused_and_others_are_not(self):
        one, other = self.open(), self.open()
        self.run_unseen(one, _ASK)
        self.run_unseen(other, _ASK)
        for _ in range(10):
            self.ask(one, "'x'", lambda: [e for e in self.poll(self.after, 0)["events"] if e["type"] == "query"])
            self.run_unseen(one, "s.close()")
            wait_for(lambda: not self.pending())
        self.run_unseen(one, "s = ask('x'); print(s.recv(1000).decode())")
        self.assert_asks(other)
        shown = "".join(event["result"]["stdout"] for event in self.poll(self.after, 0)["events"] if event["type"] == "executed")
        self.assertIn("were withdrawn", shown)

        self.poll(self.agent.call("GET", "/pending?after=0&wait=0")[1]["last"], 0)
        self.assert_asks(one)

    def test_bytes_of_one_session_are_bounded(self):
        one, other = self.open(), self.open()
        self.run_unseen(one, _ASK)
        self.run_unseen(other, _ASK)
        self.ask(one, "'x' * 300000", self.pending)

        self.run_unseen(one, "print(llm_query('y' * 300000))")
        self.assertIn("too many queries of this session", self.shown(one))
        self.assert_asks(other)

    def test_too_many_events_refuse_queries_but_keep_what_blocks_said(self):
        one = self.open()
        for number in range(61):
            self.run_unseen(one, "print('block', %d)" % number)
        self.run_unseen(one, "print(llm_query('again'))")
        shown = self.shown(one)

        self.assertIn("too many events", shown)
        self.assertEqual(61, shown.count("block"))

    def test_too_many_bytes_of_events_refuse_queries(self):
        one = self.open()
        for _ in range(5):
            self.run_unseen(one, "print('x' * 250000)")
        self.run_unseen(one, "print(llm_query('again'))")

        self.assertIn("too many events", self.shown(one))

    def shown(self, session):
        """What all blocks printed since the test began."""
        self.run_unseen(session, "pass")  # accepted once the one before is over
        events = []
        while True:
            answer = self.poll(events[-1]["seq"] if events else self.after, 0)
            if not answer["events"]:
                return "".join(event["result"]["stdout"] for event in events if event["type"] == "executed")
            events += answer["events"]

    def test_a_number_that_was_never_given_forgets_nothing(self):
        one = self.open()
        block = self.run_unseen(one, "pass")
        wait_for(lambda: self.poll(self.after, 0)["events"])
        self.poll(10**9, 0)

        self.assertEqual([block], [event["id"] for event in self.poll(self.after, 0)["events"]])


if __name__ == "__main__":
    unittest.main()
