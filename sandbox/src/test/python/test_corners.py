"""Rare situations, each of which once ended worse than it should have."""
import os
import re
import tempfile
import unittest

from case import AgentCase, wait_for
from driver import Agent
from packing import patched

_RAW = (
    "import os, socket\ndef raw(data):\n  s = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET'])\n"
    "  s.sendall(data); s.settimeout(60); return s.recv(1000).decode()\n"
)


class Corners(AgentCase):
    def test_chunked_bodies_are_refused_in_the_sandbox(self):
        one = self.session()
        code = "print(raw(b'POST /enqueue HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\n{}\\r\\n0\\r\\n\\r\\n'))"

        self.assertIn(" 400 ", self.run_ok(one, _RAW + code)["stdout"])

    def test_threads_cannot_ask_between_blocks(self):
        one = self.session()
        code = (
            "import os, threading\ndef ask():\n  while 'no block is running' not in llm_query('x'): pass\n"
            "  open('refused', 'w').close()\nthreading.Thread(target=ask, daemon=True).start()\nprint(os.getcwd())"
        )
        home = self.run_ok(one, code)["stdout"].strip()
        wait_for(lambda: os.path.exists(home + "/refused"))

        self.assertEqual("echo:mine\n", self.run_ok(one, "print(llm_query('mine'))")["stdout"])

    def test_status_of_a_forked_child_that_leaves_by_an_exception(self):
        one = self.session()
        for leave, status in (("sys.exit(3)", 3), ("sys.exit()", 0), ("sys.exit('words')", 1), ("1 / 0", 1), ("pass", 0)):
            code = "import os, sys\npid = os.fork()\nif not pid: %s\nelse: print(os.waitpid(pid, 0)[1] >> 8)" % leave
            self.assertEqual("%d\n" % status, self.run_ok(one, code)["stdout"], leave)

    def test_child_that_talks_on_after_its_parent_does_not_hold_the_agent(self):
        one, other = self.session(), self.session()
        code = (
            "import os\nhead = b'D\\x00\\xff\\x00\\x00'\nr, w = os.pipe()\n"
            "if not os.fork():\n  os.close(r); os.setsid(); os.write(900, head); os.write(w, b'x')\n  while True: os.write(900, b' ' * 60000)\n"
            "os.read(r, 1); os._exit(1)"
        )
        self.assertEqual("exited", self.agent.run(one, code)["outcome"])
        self.assert_serves(other)


class Changed(unittest.TestCase):
    def agent(self, *changes, **settings):
        agent = Agent(changed=patched(*changes), **settings)
        self.addCleanup(agent.end)
        self.assertTrue(agent.ready["ready"], agent.ready)
        return agent

    def test_disk_that_is_full_before_a_context_begins(self):
        agent = self.agent("contexts", (r"^        self._file = open\(", "        raise OSError(28, 'full')\n        self._file = open("))
        status, answer = agent.call("POST", "/contexts", b"x")

        self.assertEqual((507, "disk-full"), (status, answer["code"]))

    def test_more_folders_than_a_message_holds(self):
        many = "    return found + ['/tmp/%s%d' % ('x' * 1000, i) for i in range(300)], True"
        agent = self.agent("sweeping", ("^    return found, not todo$", many))
        if not agent.ready["uids"]:
            self.skipTest("no uids here")

        self.assertFalse(agent.close(agent.open()))

    def test_python_without_ctypes_has_no_uids(self):
        agent = self.agent("proc", ("^    import ctypes$", "    raise ImportError"))

        self.assertFalse(agent.ready["uids"])
        if os.geteuid() == 0:
            self.assertIn("ctypes", agent.ready["uidsReason"])
        self.assertEqual("1\n", agent.run(agent.open(), "print(1)")["stdout"])

    def test_unclean_end_of_a_failed_opening_is_remembered(self):
        agent = self.agent("sweeping", (r"^        self.clean = True$", "        self.clean = False; self.why = 'broken'"))
        contexts = [{"name": "context", "sha256": agent.put(b"\xff"), "type": "text"}]
        self.assertEqual(422, agent.call("POST", "/sessions", {"id": "one", "contexts": contexts})[0])

        self.assertFalse(agent.close("one"))
        self.assertEqual(409, agent.call("POST", "/sessions", {"id": "one"})[0])

    def test_no_process_is_said_and_can_be_repeated(self):
        agent = self.agent("template", (re.escape(_SPAWN), _SPAWN + _REFUSE))
        status, answer = agent.call("POST", "/sessions", {"id": "one"})
        self.assertEqual((503, "no-process"), (status, answer["code"]))

        self.assertEqual(201, agent.call("POST", "/sessions", {"id": "one"})[0])

    def test_bounds_of_sessions_and_uids(self):
        agent = self.agent("registry", ("^_MOST_SESSIONS = 1000$", "_MOST_SESSIONS = 2"))
        names = [agent.open() for _ in range(2)]
        status, answer = agent.call("POST", "/sessions", {"id": "one"})
        self.assertEqual((503, "too-many"), (status, answer["code"]))
        agent.close(names[0])
        self.assertEqual(201, agent.call("POST", "/sessions", {"id": "one"})[0])

        agent = self.agent("uids", (r"^        return UidBlock\(first, mapped\)$", "        return UidBlock(first, first + 6)"), firstUid=70000)
        if agent.ready["uids"]:
            status, answer = agent.call("POST", "/sessions", {"id": agent.open()})
            self.assertEqual((201, 70002), (status, answer["uid"]))
            agent.open()
            status, answer = agent.call("POST", "/sessions", {"id": "three"})
            self.assertEqual((503, "uids-used-up"), (status, answer["code"]))

    def test_contexts_in_a_folder_of_their_own(self):
        with tempfile.TemporaryDirectory() as outer:
            agent = self.agent("proc", ("^import os$", "import os"), contextsDir=outer + "/contexts")
            name = agent.put(b"elsewhere")
            self.assertEqual([name], os.listdir(outer + "/contexts"))
            self.assertEqual(0o700, os.stat(outer + "/contexts").st_mode & 0o777)
            agent.end()
            self.assertEqual([], os.listdir(outer))


_SPAWN = "    def _spawn(self, request, fds):\n        try:\n"
_REFUSE = "            if not hasattr(os, 'refused'):\n                os.refused = True\n                raise OSError(11, 'no process')\n"


if __name__ == "__main__":
    unittest.main()
