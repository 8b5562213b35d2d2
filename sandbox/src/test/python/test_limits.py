"""Memory, processes and disk: a session that takes too much loses its block, nobody else loses anything."""
import hashlib
import os
import time
import unittest

from case import AgentCase
from walls import in_bubblewrap

_HOG = "import time\nheld = []\nwhile True:\n  held.append(bytearray(b'x') * 20_000_000); time.sleep(0.02)"


class Limits(AgentCase):
    settings = {"sessionMemoryMib": 150, "sessionProcesses": 40}

    def test_memory_hog_is_ended_and_said(self):
        one, other = self.session(b"ctx"), self.session()
        block = self.agent.start(one, "kept = 1\n" + _HOG, timeout=60)
        self.assert_serves(other)
        result = self.agent.result(block, 60)

        self.assertEqual(("memory", "signal 9 (SIGKILL)", True), (result["outcome"], result["exit"], result["restarted"]))
        self.assertIn("memory", result["note"])
        self.assertEqual("ctx\n", self.run_ok(one, "print(context)")["stdout"])

    def test_memory_of_children_counts(self):
        one = self.session()
        code = (
            "import subprocess, sys\nhog = 'x = bytearray(b\"x\") * 70_000_000; import time; time.sleep(60)'\n"
            "p = [subprocess.Popen([sys.executable, '-c', hog]) for _ in range(4)]\nfor q in p: q.wait()"
        )
        self.assertEqual("memory", self.agent.run(one, code, timeout=30)["outcome"])

    def test_shared_pages_of_forked_children_count_once(self):
        one = self.session()
        code = (
            "import os, time\nheld = bytearray(b'x') * 80_000_000\npids = []\n"
            "for _ in range(4):\n  pid = os.fork()\n  if not pid:\n    time.sleep(1.2); os._exit(0)\n  pids.append(pid)\n"
            "for pid in pids: os.waitpid(pid, 0)\nprint(len(held))"
        )
        self.assertEqual("80000000\n", self.run_ok(one, code, timeout=20)["stdout"])

    def test_memory_taken_between_blocks_is_told_with_the_next(self):
        one = self.session()
        hog = "import threading\ndef hog():\n  %s\n" % _HOG.replace("\n", "\n  ")
        self.run_ok(one, hog + "threading.Thread(target=hog, daemon=True).start()")
        end = time.monotonic() + 20
        result = self.run_ok(one, "print(1)")
        while not result["restarted"] and time.monotonic() < end:
            time.sleep(0.1)
            result = self.agent.run(one, "print(1)")

        self.assertTrue(result["restarted"])
        self.assertIn("memory", result["note"])

    def test_one_huge_allocation_is_a_memory_error(self):
        one = self.session()
        result = self.agent.run(one, "kept = 1\nx = bytearray(1 << 40)")

        self.assertEqual("MemoryError", result["error"]["type"])
        self.assertEqual("1\n", self.run_ok(one, "print(kept)")["stdout"])

    def test_context_comes_on_top_of_the_memory(self):
        one = self.session(b"x" * 120_000_000)
        self.run_ok(one, "copy = context + 'y'; import time; time.sleep(1)")

    def test_threads_are_bounded_but_plenty(self):
        code = (
            "import threading, time\nstarted = []\ntry:\n  for _ in range(100):\n"
            "    t = threading.Thread(target=time.sleep, args=(0.5,)); t.start(); started.append(t)\n"
            "except RuntimeError as failure: print(failure)\nfor t in started: t.join()\nprint(len(started))"
        )
        if not self.agent.ready["uids"]:
            self.skipTest("without uids processes cannot be counted")
        shown = self.run_ok(self.session(), code)["stdout"].splitlines()

        self.assertEqual("can't start new thread", shown[0])
        self.assertGreater(int(shown[1]), 30)

    def test_fork_bomb(self):
        if not self.agent.ready["uids"]:
            self.skipTest("without uids processes cannot be counted")
        one, other = self.session(), self.session()
        code = "import os, time\nwhile True:\n  try: os.fork()\n  except OSError: time.sleep(0.01)"
        block = self.agent.start(one, code, timeout=0.5)
        self.assert_serves(other)
        result = self.agent.result(block)

        self.assertIn(result["outcome"], ("interrupted", "killed"))
        self.assert_serves(one)
        # Killed children stay in the table until whoever started them waits for them: the session's own affair.
        alone = (
            "import os\nalive = 0\nfor p in filter(str.isdigit, os.listdir('/proc')):\n"
            "  try: status = open('/proc/%s/status' % p).read()\n  except OSError: continue\n"
            "  alive += '\\nUid:\\t%d\\t' % os.getuid() in status and '\\nState:\\tZ' not in status\nprint(alive)"
        )
        self.assertEqual("1\n", self.run_ok(one, alone)["stdout"])


@in_bubblewrap
class LimitsInBubblewrap(Limits):
    settings = dict(Limits.settings, bwrap=True)


class LimitsUnderAttack(AgentCase):
    settings = {"sessionMemoryMib": 64}
    uids = True  # without, the code below would stop whatever runs as the user

    def test_memory_is_watched_although_the_session_stops_all_it_can(self):
        one, other = self.session(), self.session()
        code = (
            "import os, signal, time\nassert os.getuid() > 1000\nif not os.fork():\n"
            "  held = bytearray(b'x') * 300_000_000\n  while True: os.kill(-1, signal.SIGSTOP)\ntime.sleep(60)"
        )
        block = self.agent.start(one, code, timeout=15)
        self.assertEqual("memory", self.agent.result(block, 30)["outcome"])

        block = self.agent.start(one, code.replace("SIGSTOP", "SIGKILL").replace("time.sleep(60)", "signal.pause()"), 15)
        self.agent.result(block, 30)
        self.assertEqual("memory", self.agent.run(other, _HOG, timeout=15)["outcome"])


@in_bubblewrap
class LimitsUnderAttackInBubblewrap(LimitsUnderAttack):
    settings = dict(LimitsUnderAttack.settings, bwrap=True)


@in_bubblewrap
class FullDisk(AgentCase):
    settings = {"bwrap": True, "bwrap_tmp": 20 << 20, "contextsDir": "/tmp/rlm/contexts"}

    def test_full_disk(self):
        one, other = self.session(), self.session()
        result = self.agent.run(one, "f = open('big', 'wb', 0)\nwhile True: f.write(b'x' * 1000000)")
        self.assertEqual("OSError", result["error"]["type"])
        self.assertIn("No space left", result["error"]["message"])
        self.assertEqual("echo:q\n", self.run_ok(other, "print(llm_query('q'))")["stdout"])

        data = os.urandom(1_000_000)
        status, answer = self.agent.call("PUT", "/contexts/" + hashlib.sha256(data).hexdigest(), data)
        self.assertEqual((507, "disk-full"), (status, answer["code"]))
        self.run_ok(one, "import os; os.remove('big'); f.close()")
        self.agent.put(data)
        self.assert_serves(self.session())


if __name__ == "__main__":
    unittest.main()
