"""The agent's end: by its lease, as asked, or by force; nothing of the sessions outlives it."""
import os
import time
import unittest

from case import commands, nap
from driver import Agent


class Lease(unittest.TestCase):
    def test_agent_and_sessions_are_gone_without_polls(self):
        with Agent(follow=False, leaseSeconds=1) as agent:
            one = agent.open()
            agent.start(one, "import subprocess; p = subprocess.Popen(['sleep', '" + nap(31) + "'])\nwhile True: pass", 60)
            begun = time.monotonic()
            code = agent.process.wait(10)

            self.assertEqual(0, code)
            self.assertLess(time.monotonic() - begun, 3)
            self.assertEqual([], commands(nap(31)))
            self.assertFalse(os.path.exists(agent.work_dir))

    def test_only_polls_renew_it(self):
        with Agent(follow=False, leaseSeconds=1) as agent:
            begun = time.monotonic()
            while agent.process.poll() is None and time.monotonic() - begun < 10:
                try:
                    agent.call("GET", "/health")
                except (OSError, ValueError):
                    pass
                time.sleep(0.05)
            self.assertLess(time.monotonic() - begun, 3)

    def test_polls_of_each_form_renew_it(self):
        with Agent(follow=False, leaseSeconds=1) as agent:
            begun = time.monotonic()
            while time.monotonic() - begun < 2.5:
                self.assertEqual(200, agent.call("GET", "/pending")[0])
                agent.call("GET", "/pending?after=0&wait=60")  # waits for a third of the lease
                connection, response = agent.stream(0, 60)
                response.read()
                connection.close()
            self.assertIsNone(agent.process.poll())

    def test_killed_agent_leaves_nothing_behind(self):
        for uids in ("auto", "never"):
            with Agent(uids=uids) as agent:
                one = agent.open()
                code = "import os, subprocess, time\nsubprocess.Popen(['setsid', 'sleep', '" + nap(32) + "'])\ntime.sleep(60)"
                agent.start(one, code, 60)
                wait_for(lambda: commands(nap(32)))
                agent.process.kill()

                wait_for(lambda: not commands(nap(32)) and not os.path.exists(agent.work_dir))

    def test_end_of_stdin_is_the_end_where_it_is_asked_for(self):
        reader, writer = os.pipe()
        with Agent(stdin=reader, endWithStdin=True) as agent:
            os.close(reader)
            one = agent.open()
            agent.start(one, "import subprocess; p = subprocess.Popen(['sleep', '" + nap(33) + "'])\nwhile True: pass", 60)
            wait_for(lambda: commands(nap(33)))
            self.assertIsNone(agent.process.poll())
            os.close(writer)

            self.assertEqual(0, agent.process.wait(10))
            self.assertEqual([], commands(nap(33)))
            self.assertFalse(os.path.exists(agent.work_dir))

    def test_agent_of_a_worker_that_died_ends_with_its_lease(self):
        reader, writer = os.pipe()
        os.close(reader)
        with Agent(follow=False, leaseSeconds=1, stderr=writer) as agent:
            os.close(writer)
            agent.process.stdout.close()
            one = agent.open()
            agent.start(one, "import os; os._exit(1)")

            self.assertEqual(0, agent.process.wait(5))
            self.assertFalse(os.path.exists(agent.work_dir))

    def test_shutdown_ends_everything(self):
        with Agent() as agent:
            one = agent.open()
            agent.run(one, "import subprocess; subprocess.Popen(['setsid', 'sleep', '" + nap(33) + "'])")
            self.assertEqual(202, agent.call("POST", "/shutdown", {})[0])

            self.assertEqual(0, agent.process.wait(5))
            self.assertEqual([], commands(nap(33)))
            self.assertFalse(os.path.exists(agent.work_dir))


def wait_for(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not in time")
        time.sleep(0.01)


if __name__ == "__main__":
    unittest.main()
