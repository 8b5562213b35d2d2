"""How the agent starts: its size, the Pythons it runs on, what it says when it cannot."""
import ast
import binascii
import glob
import json
import os
import subprocess
import tempfile
import unittest

from driver import Agent, TOKEN
from packing import bootstrap, patched, python, sources


def interpreters():
    """Other Pythons of this machine: {(major, minor): path}."""
    found = {}
    patterns = ("~/.pyenv/versions/*/bin/python", "/usr/bin/python3.?", "/usr/bin/python3.??")
    for path in [one for pattern in patterns for one in glob.glob(os.path.expanduser(pattern))]:
        code = "import sys; sys.stdout.write('%d %d' % sys.version_info[:2])"
        shown = subprocess.run([path, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        if shown:
            found[tuple(int(part) for part in shown.split())] = path
    return found


def read(path):
    with open(path) as file:
        return file.read()


class Start(unittest.TestCase):
    def test_sources_are_python_3_8(self):
        for name, source in sources().items():
            ast.parse(source, name, feature_version=(3, 8))
            self.assertLess(source.count("\n"), 300, name)

    def test_bootstrap_uses_nothing_new(self):
        ast.parse(sources()["bootstrap"], feature_version=(3, 4))

    def test_every_python_of_this_machine(self):
        tried = 0
        for version, path in sorted(interpreters().items()):
            if version < (3, 8):
                with tempfile.TemporaryDirectory() as folder:
                    done = subprocess.run([path, "-c", bootstrap()], stdout=subprocess.PIPE, cwd=folder)
                answer = json.loads(done.stdout)
                self.assertEqual((3, False), (done.returncode, answer["ready"]), path)
                self.assertIn("needs 3.8", answer["error"])
                continue
            tried += 1
            with Agent(interpreter=path) as agent:
                self.assertTrue(agent.ready["ready"], (path, agent.ready))
                one = agent.open("\U0001f600".encode())
                result = agent.run(one, "import sys; print(sys.version_info[:2], context, llm_query('a'))")
                self.assertEqual("%s \U0001f600 echo:a\n" % (version,), result["stdout"], result)
                self.assertEqual("interrupted", agent.run(one, "while True: pass", timeout=0.2)["outcome"])
                self.assertEqual("exited", agent.run(one, "import os; os._exit(1)")["outcome"])
                self.assertEqual("error", agent.run(one, "import os; 1 / 0")["outcome"])
                self.assertTrue(agent.close(one), agent.errors)
                self.assertNotIn("Traceback", "".join(agent.errors))
        self.assertGreaterEqual(tried, 1)

    def test_ready_line_and_process_names(self):
        with Agent(env={"MODAL_TOKEN_SECRET": "secret", "KEPT": "kept"}) as agent:
            one = agent.open()
            result = agent.run(one, "import os; print(os.getpid(), os.getppid())\nprint(dict(os.environ))")
            numbers, environment = result["stdout"].split("\n", 1)
            comm = [read("/proc/%s/comm" % pid).strip() for pid in numbers.split() + [str(agent.process.pid)]]

            self.assertEqual(["rlm_session", "rlm_template", "rlm_agent"], comm)
            self.assertIn("'KEPT': 'kept'", environment)
            self.assertNotIn("secret", environment)
            for pid in numbers.split():
                self.assertNotIn(TOKEN, read("/proc/%s/cmdline" % pid))
                self.assertNotIn("RLM_AGENT_CONFIG", read("/proc/%s/environ" % pid))

    def test_wrong_settings_are_said(self):
        cases = (
            ({"tokenSha256": "x"}, "tokenSha256"),
            ({"leaseSeconds": 0}, "leaseSeconds"),
            ({"unknown": 1}, "unknown"),
            ({"listen": "8080"}, "listen"),
            ({"uids": "yes"}, "uids"),
            ({"endWithStdin": 1}, "endWithStdin"),
            ({"workDir": "relative"}, "workDir"),
            ({"workDir": "/" + "x" * 100}, "workDir"),
            ({"workDir": "/proc/x"}, "/proc/x"),
            ({"listen": "tcp:192.0.2.1:80"}, "address"),
        )
        for settings, word in cases:
            with Agent(**settings) as agent:
                self.assertFalse(agent.ready["ready"], settings)
                self.assertIn(word, agent.ready["error"])
                self.assertEqual(2, agent.process.wait(5))

    def test_template_that_dies_or_hangs_before_it_has_begun_is_said(self):
        for ill in ("raise SystemExit(1)", "import time; time.sleep(1000)"):
            changed = patched("template", (r'^    proc.name_process\("rlm_template"\)$', "    " + ill))
            changed.update(patched("main", ("^_HELLO_SECONDS = 60$", "_HELLO_SECONDS = 2")) if "sleep" in ill else {})
            with Agent(changed=changed) as agent:
                self.assertFalse(agent.ready["ready"])
                self.assertIn("template", agent.ready["error"])
                self.assertEqual(4, agent.process.wait(60))
                self.assertFalse(os.path.exists(agent.work_dir))

    def test_program_that_is_larger_than_a_pipe(self):
        changed = {"unused": "# " + binascii.hexlify(os.urandom(25000)).decode()}
        with Agent(changed=changed) as agent:
            self.assertTrue(agent.ready["ready"], agent.ready)

    def test_foreign_work_folder_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + "/something", "w"):
                pass
            with Agent(workDir=folder) as agent:
                self.assertIn("no empty folder", agent.ready["error"])
            self.assertEqual(["something"], os.listdir(folder))

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_python_that_others_cannot_read_means_no_uids(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            with Agent(workDir=folder + "/a/w") as agent:
                self.assertFalse(agent.ready["ready"])
            os.mkdir(folder + "/private", 0o700)
            with Agent(workDir=folder + "/private/w") as agent:
                self.assertFalse(agent.ready["uids"])
                self.assertIn("cannot be reached by other users", agent.ready["uidsReason"])
                self.assertIsNone(agent.call("POST", "/sessions", {"id": "x"})[1]["uid"])

    def test_uids_can_be_switched_off(self):
        with Agent(uids="never") as agent:
            self.assertEqual((False, "switched off"), (agent.ready["uids"], agent.ready["uidsReason"]))

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_user_who_is_not_root(self):
        code = "import os, sys; os.setgid(65534); os.setuid(65534); os.execv(sys.argv[1], sys.argv[1:])"
        with Agent(workDir="/tmp/rlm-test-%d" % os.getpid(), prefix=[python(), "-c", code]) as agent:
            self.assertEqual((True, False), (agent.ready["ready"], agent.ready["uids"]))
            self.assertEqual("the agent does not run as root", agent.ready["uidsReason"])
            one = agent.open(b"x")
            self.assertEqual("x echo:a\n", agent.run(one, "print(context, llm_query('a'))")["stdout"])
            self.assertEqual("killed", agent.run(one, "import os, signal; os.kill(os.getpid(), 19)", 0.2)["outcome"])
            attack = (
                "import os\nfor pid in (%d, os.getppid()):\n  for f in ('mem', 'environ'):\n"
                "    try: open('/proc/%%d/%%s' %% (pid, f), 'rb').read(1); print(f)\n    except OSError: print('denied')"
            ) % agent.process.pid
            self.assertEqual("denied\n" * 4, agent.run(one, attack)["stdout"])
            self.assertTrue(agent.close(one), agent.errors)


if __name__ == "__main__":
    unittest.main()
