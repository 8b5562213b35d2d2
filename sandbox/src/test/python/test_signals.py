"""What ends with what, and what the kernel was told about it."""
import os
import signal
import unittest

from case import commands, nap, wait_for
from driver import Agent
from packing import patched


class Signals(unittest.TestCase):
    def test_asked_to_end_by_a_signal(self):
        with Agent() as agent:
            agent.run(agent.open(), "import subprocess; subprocess.Popen(['setsid', 'sleep', '" + nap(41) + "'])")
            os.kill(agent.process.pid, signal.SIGTERM)

            self.assertEqual(0, agent.process.wait(60))
            self.assertEqual([], commands(nap(41)))
            self.assertFalse(os.path.exists(agent.work_dir))

    def test_session_dies_with_its_template(self):
        # The agent is stopped, so that nothing but the kernel can end it.
        with Agent() as agent:
            pid, template = agent.run(agent.open(), "import os; print(os.getpid(), os.getppid())")["stdout"].split()
            os.kill(agent.process.pid, signal.SIGSTOP)
            try:
                os.kill(int(template), signal.SIGKILL)
                wait_for(lambda: _state(pid) in ("Z", None))
            finally:
                os.kill(agent.process.pid, signal.SIGCONT)
            self.assertEqual(4, agent.process.wait(60))

    def test_beats_come_when_nothing_happens(self):
        with Agent(follow=False, changed=patched("polling", ("^_BEAT_SECONDS = 5$", "_BEAT_SECONDS = 0.2"))) as agent:
            connection, response = agent.stream(0, 30)
            response.readline()
            self.assertEqual(b'{"type":"beat"}\n', response.readline())
            connection.close()

    def test_an_interrupt_that_was_swallowed_is_repeated(self):
        code = "import time\ntry:\n  while True: time.sleep(9)\nexcept KeyboardInterrupt: pass\nwhile True: time.sleep(9)"
        with Agent(graceSeconds=4) as agent:
            self.assertEqual("interrupted", agent.run(agent.open(), code, timeout=0.2)["outcome"])


def _state(pid):
    try:
        with open("/proc/%s/stat" % pid) as stat:
            return stat.read().rpartition(") ")[2].split()[0]
    except OSError:
        return None


if __name__ == "__main__":
    unittest.main()
