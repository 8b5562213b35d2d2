"""What the tests of the agent share."""
import os
import time
import unittest

from driver import Agent
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

    def run_ok(self, session, code, timeout=10, **options):
        result = self.agent.run(session, code, timeout, **options)
        self.assertEqual("ok", result["outcome"], result)
        return result

    def assert_serves(self, session):
        self.assertEqual("3\n", self.run_ok(session, "print(1 + 2)")["stdout"])


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
    """Until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not in time")
        time.sleep(0.01)


def nap(number):
    """Seconds to sleep that no other command line on this machine has."""
    return "%d%07d.5" % (number, os.getpid())
