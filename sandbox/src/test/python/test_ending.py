"""How sessions end: nearly all in one process that is always there, the others in one of their own."""
import os
import signal
import threading
import unittest

from case import AgentCase, commands, nap, wait_for
from driver import Agent
from packing import patched


class Ending(AgentCase):
    uids = True

    def ender(self):
        """Pid of the process that ends this agent's sessions."""
        session = self.agent.open()
        template = int(self.run_ok(session, "import os\nprint(os.getppid())")["stdout"])
        self.assertTrue(self.agent.close(session))
        found = [pid for pid, (name, parent) in _processes().items() if (name, parent) == ("rlm_ender", template)]
        self.assertEqual(1, len(found), found)
        return found[0]

    def left(self, session, code):
        """Runs code in a session and ends it. Returns its folder, if that is still there."""
        home = self.run_ok(session, code + "\nimport os\nprint(os.getcwd())")["stdout"].strip()
        self.assertTrue(self.agent.close(session), self.agent.errors)
        return [home] if os.path.exists(home) else []

    def test_more_files_than_are_quickly_removed(self):
        code = "for i in range(3000):\n    open('file%d' % i, 'w').close()"

        self.assertEqual([], self.left(self.agent.open(), code))

    def test_deep_folders(self):
        code = "import os\nhome = os.getcwd()\nfor i in range(1500):\n    os.mkdir('d')\n    os.chdir('d')\nos.chdir(home)"

        self.assertEqual([], self.left(self.agent.open(), code))

    def test_the_same_process_ends_them_all(self):
        self.assertEqual(self.ender(), self.ender())

    def test_when_it_is_killed_another_takes_its_place(self):
        first = self.ender()
        session = self.agent.open()
        os.kill(first, signal.SIGKILL)

        self.assertEqual([], self.left(session, "x = 1"))
        self.assertNotEqual(first, self.ender())

    def test_when_it_is_stopped_in_the_middle_the_others_wait_and_end(self):
        ender = self.ender()
        sessions = [self.agent.open() for _ in range(3)]
        os.kill(ender, signal.SIGSTOP)
        try:
            for session in sessions:
                self.agent.run(session, "pass")  # the agent serves on
        finally:
            os.kill(ender, signal.SIGCONT)

        for session in sessions:
            self.assertEqual([], self.left(session, "x = 1"))

    def begun(self, ends):
        """What `ends(session)` returned for a session whose process died by itself, and whose end was under way."""
        ender, session, answers = self.ender(), self.agent.open(), []
        home, pid = self.run_ok(session, "import os\nprint(os.getcwd(), os.getpid())")["stdout"].split()

        def end():
            answers.append(ends(session))
            answers.append(os.path.exists(home))
            self.agent.disconnect()

        os.kill(ender, signal.SIGSTOP)
        try:
            self.run_ok(session, "import threading\nthreading.Timer(0.05, os._exit, [0]).start()")
            wait_for(lambda: not os.path.exists("/proc/" + pid))
            thread = threading.Thread(target=end)
            thread.start()
            thread.join(0.5)  # long enough for an answer that came too early
        finally:
            os.kill(ender, signal.SIGCONT)
        thread.join(60)
        return answers

    def test_closing_waits_for_an_end_that_had_begun_before(self):
        self.assertEqual([True, False], self.begun(self.agent.close))

    def test_a_restart_waits_for_an_end_that_had_begun_before(self):
        self.assertEqual(["ok", False], self.begun(lambda session: self.agent.run(session, "pass")["outcome"]))

    def test_one_that_was_slowed_down_by_a_session_is_replaced(self):
        first = self.ender()
        os.setpriority(os.PRIO_PROCESS, first, 5)
        self.assertTrue(self.agent.close(self.agent.open()))

        self.assertNotEqual(first, self.ender())


class EndingOfAll(unittest.TestCase):
    def test_all_is_killed_before_anything_is_removed(self):
        with Agent(changed=patched("main", ("^_END_SECONDS = 0.9$", "_END_SECONDS = 100"))) as agent:
            if not agent.ready["uids"]:
                self.skipTest("no uids here")
            code = (
                "import os, subprocess\nfor _ in range(2): subprocess.Popen(['setsid', 'sleep', '" + nap(39) + "'])\n"
                "print(os.nice(0), os.getppid(), flush=True)\n"
            )
            shown = [agent.run(agent.open(), code)["stdout"].split() for _ in range(3)]
            self.assertEqual({"5"}, {nice for nice, _ in shown})
            for session in [agent.open() for _ in range(3)]:
                agent.start(session, "while True: pass")
            template = int(shown[0][1])
            running = lambda name: [p for p, one in _processes().items() if one == (name, template)]
            ender = running("rlm_ender")[0]
            self.assertEqual(6, len(running("rlm_session")))
            os.kill(ender, signal.SIGSTOP)
            try:
                self.assertEqual(202, agent.call("POST", "/shutdown", {})[0])
                wait_for(lambda: not running("rlm_session") and not commands(nap(39)))
            finally:
                os.kill(ender, signal.SIGCONT)
            self.assertEqual(0, agent.process.wait(60))
            self.assertFalse(os.path.exists(agent.work_dir))


def _processes():
    """{pid: (name, parent)} of all that can be seen."""
    found = {}
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                with open("/proc/%s/stat" % pid) as stat:
                    name, _, fields = stat.read().partition(" (")[2].rpartition(") ")
            except OSError:
                continue
            found[int(pid)] = (name, int(fields.split()[1]))
    return found


if __name__ == "__main__":
    unittest.main()
