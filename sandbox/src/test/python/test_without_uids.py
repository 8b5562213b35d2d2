"""The same hostile code where sessions have no uids of their own, and what is only possible there."""
import os
import threading
import unittest

import test_hostile
from case import commands, nap
from driver import Agent


class HostileCodeWithoutUids(test_hostile.HostileCode):
    settings = {"uids": "never"}

    def test_sessions_that_come_and_go_at_once_do_not_end_each_other(self):
        stay = self.session()
        self.run_ok(stay, "kept = 1")
        failures = []

        def come_and_go():
            for _ in range(5):
                one = self.agent.open()
                if self.agent.run(one, "print(1)")["stdout"] != "1\n" or not self.agent.close(one):
                    failures.append(one)

        threads = [threading.Thread(target=come_and_go) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], failures)
        self.assertEqual("1\n", self.run_ok(stay, "print(kept)")["stdout"])

    def test_what_may_be_anothers_is_not_called_clean(self):
        stay, one = self.session(), self.agent.open()
        self.run_ok(one, "import subprocess; subprocess.Popen('setsid sleep " + nap(36) + " & sleep 0', shell=True).wait()")
        self.assertFalse(self.agent.close(one))
        for pid in commands(nap(36)):
            os.kill(pid, 9)
        self.agent.errors.clear()

    def test_killed_template_ends_the_sandbox_and_all_in_it(self):
        with Agent(uids="never") as agent:
            one = agent.open()
            code = "import os, subprocess\nsubprocess.Popen(['setsid', 'sleep', '" + nap(37) + "'])\nos.kill(os.getppid(), %d)\n"
            agent.start(one, code % 9 + "while True: pass", 60)

            self.assertEqual(4, agent.process.wait(10))
            self.assertEqual([], commands(nap(37)))

    def test_stopped_template_does_not_outlive_the_lease(self):
        with Agent(uids="never", leaseSeconds=1) as agent:
            one = agent.open()
            code = "import os, subprocess\nsubprocess.Popen(['setsid', 'sleep', '" + nap(38) + "'])\nos.kill(os.getppid(), %d)\n"
            agent.start(one, code % 19 + "while True: pass", 60)
            agent.unfollow()

            agent.process.wait(10)
            self.assertEqual([], commands(nap(38)))


if __name__ == "__main__":
    unittest.main()
