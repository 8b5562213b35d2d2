"""What the tests of the agent share."""
import os
import time
import unittest

from driver import Agent, unique
from walls import required


class AgentCase(unittest.TestCase):
    """One agent for all tests of a class, started with `settings`."""

    settings = {}
    uids = None  # True: skip where sessions cannot have uids

    @classmethod
    def setUpClass(cls):
        cls.agent = Agent(**cls.settings)
        if not cls.agent.ready["ready"]:
            raise AssertionError("the agent did not start: %s" % cls.agent.ready)
        if cls.uids and not cls.agent.ready["uids"]:
            cls.agent.end()
            if required("uids"):
                raise AssertionError("no uids here: %s" % cls.agent.ready)
            raise unittest.SkipTest("no uids here: %s" % cls.agent.ready.get("uidsReason"))

    @classmethod
    def tearDownClass(cls):
        cls.agent.end()
        # Whatever the code did, the agent itself had no accident.
        accidents = [line for line in cls.agent.errors if "Traceback" in line or "failed" in line]
        assert not accidents, cls.agent.stderr()

    def session(self, context=None, kind="text"):
        """A session that is closed, and must be clean, at the end of the test."""
        name = self.agent.open(context, kind)
        self.addCleanup(lambda: self.assertTrue(self.agent.close(name), self.agent.errors))
        return name

    def run_ok(self, session, code, timeout=60, **options):
        result = self.agent.run(session, code, timeout, **options)
        self.assertEqual("ok", result["outcome"], result)
        return result

    def assert_serves(self, session):
        self.assertEqual("3\n", self.run_ok(session, "print(1 + 2)")["stdout"])


class PollingCase(AgentCase):
    """Without a follower: each test polls as it needs to."""

    settings = {"follow": False}

    def setUp(self):
        answer = self.poll(0, 0)
        while answer["events"]:
            answer = self.poll(answer["last"], 0)
        self.after = answer["last"]
        self.seen = []

    def poll(self, after, wait):
        """The answer of a long poll; acknowledges up to `after`."""
        status, answer = self.agent.call("GET", "/pending?after=%d&wait=%g" % (after, wait))
        self.assertEqual(200, status)
        return answer

    def next(self, kind, wait=60):
        """The oldest event of a kind that was not yet looked at, by long poll."""
        end = time.monotonic() + wait
        while time.monotonic() < end:
            for event in self.seen:
                if event["type"] == kind:
                    self.seen.remove(event)
                    return event
            self.seen.extend(self.poll(self.after, 1)["events"])
            self.after = max([self.after] + [event["seq"] for event in self.seen])
        raise AssertionError("no %s event" % kind)

    def open(self):
        name = self.agent.open()
        self.addCleanup(self.agent.close, name)
        return name

    def run_unseen(self, session, code, timeout=60):
        """Runs a block without looking at its event: when it is over, the next one is no longer refused."""
        for _ in range(12000):
            body = {"id": unique("u"), "code": code, "timeoutSeconds": timeout}
            if self.agent.call("POST", "/sessions/%s/execute" % session, body)[0] == 202:
                return body["id"]
            time.sleep(0.005)
        raise AssertionError("busy for ever")


def commands(text):
    """Pids of processes with that in their command line."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open("/proc/%s/cmdline" % name) as file:
                    if text in file.read():
                        found.append(int(name))
            except OSError:
                continue
    return found


def wait_for(condition, seconds=60):
    """What it returns, once that is true."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError("not in time")
        time.sleep(0.01)


def nap(number):
    """Seconds to sleep that no other command line on this machine has."""
    return "%d%07d.5" % (number, os.getpid())
