"""Two sessions of one sandbox: neither reaches the other's variables, files, contexts, processes or answers."""
import hashlib
import os
import tempfile
import unittest

from case import AgentCase, commands, nap
from driver import Agent, TOKEN
from packing import patched
from walls import in_bubblewrap

_ATTACK = """
import os, signal, ctypes, errno
def tried(what, attempt):
    try:
        print(what, 'POSSIBLE', attempt())
    except (OSError, ValueError) as failure:
        print(what, 'denied')
for pid in victims:
    for file in ('mem', 'maps', 'environ', 'fd', 'root', 'cwd', 'task/%d/mem' % pid):
        tried(file, lambda: os.listdir('/proc/%d/fd' % pid) if file == 'fd' else
              os.readlink('/proc/%d/%s' % (pid, file)) if file in ('root', 'cwd') else
              open('/proc/%d/%s' % (pid, file), 'rb').read(10))
    for number in (0, signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
        tried('kill', lambda: os.kill(pid, number))
    libc = ctypes.CDLL(None, use_errno=True)
    def ptrace():
        if libc.ptrace(16, pid, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), 'ptrace')
    tried('ptrace', ptrace)
    tried('priority', lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
"""


class Isolation(AgentCase):
    uids = True

    def facts(self, session):
        """(home, uid, pid) of a session, and the pids of template and agent."""
        code = (
            "import os\ndef parent(pid): return int(open('/proc/%d/stat' % pid).read().rsplit(')')[1].split()[1])\n"
            "print(os.getcwd(), os.getuid(), os.getpid(), os.getppid(), parent(os.getppid()))"
        )
        home, *numbers = self.run_ok(session, code)["stdout"].split()
        return [home] + [int(number) for number in numbers]

    def test_sessions_have_uids_of_their_own_and_no_powers(self):
        one, two = self.session(), self.session()
        code = (
            "import os\nprint(os.getresuid(), os.getresgid(), os.getgroups())\n"
            "lines = dict(l.rstrip('\\n').split(':\\t', 1) for l in open('/proc/self/status') if ':\\t' in l)\n"
            "print([lines[k] for k in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb', 'NoNewPrivs')])\n"
            "import resource\nprint(open('/proc/self/oom_score_adj').read().strip(), oct(os.umask(0)), "
            "resource.getrlimit(resource.RLIMIT_MSGQUEUE), resource.getrlimit(resource.RLIMIT_CORE))"
        )
        shown = [self.run_ok(session, code)["stdout"].splitlines() for session in (one, two)]

        self.assertNotEqual(shown[0][0], shown[1][0])
        for lines in shown:
            self.assertIn("[]", lines[0])
            self.assertEqual("%r" % (["0" * 16] * 4 + ["1"]), lines[1])
            self.assertEqual("1000 0o77 (0, 0) (0, 0)", lines[2])

    def test_other_processes_cannot_be_read_or_signalled(self):
        victim, attacker = self.session(), self.session()
        self.run_ok(victim, "secret = 'variable of the victim'")
        _, _, pid, template, agent = self.facts(victim)
        result = self.run_ok(attacker, "victims = %r\n%s" % ([pid, template, agent], _ATTACK))

        self.assertEqual(3 * 13, result["stdout"].count("denied"), result["stdout"])
        self.assertNotIn("POSSIBLE", result["stdout"])
        self.assertEqual("variable of the victim\n", self.run_ok(victim, "print(secret)")["stdout"])

    def test_attack_on_oneself_shows_that_the_test_can_tell(self):
        one = self.session()
        result = self.run_ok(one, "import os\nvictims = [os.getpid()]\n" + _ATTACK.replace("signal.SIGKILL", "0").replace(
            "signal.SIGSTOP", "0").replace("signal.SIGTERM", "0"))

        self.assertGreater(result["stdout"].count("POSSIBLE"), 5)

    def test_other_files_and_contexts_cannot_be_reached(self):
        victim, attacker = self.session(b"context of the victim"), self.session()
        self.run_ok(victim, "open('file', 'w').write('x'); import os; os.mkdir('open', 0o777)")
        home = self.facts(victim)[0]
        work = os.path.dirname(home)
        code = (
            "import glob, os\n"
            "for path in (%r, %r, %r + '/file', %r + '/broker.sock', %r + '/open'):\n"
            "  for attempt in (os.listdir, open, lambda p: os.chmod(p, 0o777), lambda p: os.rename(p, 'mine'),\n"
            "                  lambda p: open(p + '/new', 'w'), os.unlink):\n"
            "    try: attempt(path); print('POSSIBLE', path)\n"
            "    except OSError as e: pass\n"
            "print(glob.glob(%r + '/*'))" % (work, work + "/contexts", home, home, home, work)
        )
        self.assertEqual("[]\n", self.run_ok(attacker, code)["stdout"])

    def test_other_socket_cannot_be_used(self):
        victim, attacker = self.session(), self.session()
        home = self.facts(victim)[0]
        code = "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect(%r)" % (home + "/broker.sock")

        self.assertEqual("PermissionError", self.agent.run(attacker, code)["error"]["type"])

    def test_handed_over_socket_is_refused_to_a_foreign_uid(self):
        victim, attacker = self.session(), self.session()
        home = self.facts(victim)[0]
        self.run_ok(victim, "import os; os.chmod('broker.sock', 0o777); os.chmod('.', 0o711)")
        code = (
            "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect(%r)\n"
            "s.sendall(b'POST /enqueue HTTP/1.1\\r\\nContent-Length: 33\\r\\n\\r\\n{\"type\": \"single\", \"prompt\": \"ab\"}')\n"
            "print(s.recv(100))" % (home + "/broker.sock")
        )
        before = len(self.agent.queries)
        result = self.agent.run(attacker, code)

        self.assertTrue(result["error"] is not None or result["stdout"] == "b''\n", result)
        self.assertEqual(before, len(self.agent.queries))

    def test_forged_session_in_a_query_means_nothing(self):
        victim, attacker = self.session(), self.session()
        code = (
            "import json, os, socket\nbody = json.dumps({'type': 'single', 'prompt': 'forged', 'session': %r}).encode()\n"
            "s = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET'])\n"
            "s.sendall(b'POST /enqueue HTTP/1.1\\r\\nContent-Length: %%d\\r\\n\\r\\n' %% len(body) + body); s.recv(1000)"
            % victim
        )
        self.run_ok(attacker, code)

        query = [event for event in self.agent.queries if event["request"]["prompt"] == "forged"][-1]
        self.assertEqual(attacker, query["session"])
        self.assertNotIn("session", query["request"])

    def test_the_agents_api_is_closed_to_sessions(self):
        attacker = self.session()
        if self.agent.port is None:
            code = "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('/run/rlm/agent.sock')"
            self.assertEqual("PermissionError", self.agent.run(attacker, code)["error"]["type"])
            return
        code = (
            "import urllib.request, urllib.error\n"
            "for path in ('health', 'pending', 'respond', 'shutdown'):\n"
            "  try: urllib.request.urlopen('http://127.0.0.1:%d/' + path, b'{}' if path[0] in 'rs' else None)\n"
            "  except urllib.error.HTTPError as e: print(e.code)\n  except OSError: print('hung up')" % self.agent.port
        )
        self.assertEqual("hung up\n" * 4, self.run_ok(attacker, code)["stdout"])

    def test_nothing_of_a_session_is_left(self):
        one = self.agent.open()
        home, uid, *_ = self.facts(one)
        code = (
            "import os, subprocess, ctypes\n"
            "for place in ('/tmp', '/var/tmp', '/dev/shm'):\n"
            "  try: os.makedirs('%s/left-%d/a/b' % (place, os.getuid())); os.chmod('%s/left-%d/a' % (place, os.getuid()), 0)\n"
            "  except OSError: pass\n"
            "open('/tmp/left-file-%d' % os.getuid(), 'w').close()\n"
            "os.makedirs('deep/' + 'd/' * 900); os.symlink('/', 'link'); os.mkfifo('fifo')\n"
            "for i in range(300): open('f%d' % i, 'w').close()\n"
            "print(ctypes.CDLL(None).shmget(0, 4096, 0o1600), ctypes.CDLL(None).semget(0, 1, 0o1600), "
            "ctypes.CDLL(None).msgget(0, 0o1600))\n"
            "for _ in range(5): subprocess.Popen(['setsid', 'nohup', 'sleep', '" + nap(34) + "'])\n"
            "if os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    import signal, time\n"
            "    for s in (1, 2, 15): signal.signal(s, signal.SIG_IGN)\n    time.sleep(600)\n  os._exit(0)"
        )
        shown = self.run_ok(one, code)["stdout"].split()
        self.assertNotIn("-1", shown)
        self.assertTrue(self.agent.close(one), self.agent.errors)

        other = self.session()
        check = (
            "import os, glob\nprint(glob.glob('/tmp/left*%d') + glob.glob('/var/tmp/left*%d') + glob.glob('/dev/shm/left*%d'))\n"
            "print(os.path.exists(%r), [l for t in ('shm', 'sem', 'msg') for l in open('/proc/sysvipc/' + t) if ' %d ' in l])\n"
            "found = []\n"
            "for p in filter(str.isdigit, os.listdir('/proc')):\n"
            "  try: found.append('\\nUid:\\t%d\\t' in open('/proc/%%s/status' %% p).read())\n"
            "  except OSError: pass\n"
            "print(any(found))" % (uid, uid, uid, home, uid, uid)
        )
        self.assertEqual("[]\nFalse []\nFalse\n", self.run_ok(other, check)["stdout"])
        self.assertEqual([], commands(nap(34)))

    def test_what_was_left_in_an_open_folder_below_an_open_folder_goes(self):
        with tempfile.TemporaryDirectory(dir="/tmp") as outer:
            # Before the agent starts, which looks once for folders that are open to all.
            os.chmod(outer, 0o777)
            os.mkdir(outer + "/inner")
            os.chmod(outer + "/inner", 0o777)
            with Agent() as agent:
                if not agent.ready["uids"]:
                    self.skipTest("no uids here")
                one = agent.open()
                result = agent.run(one, "open(%r, 'w').close()" % (outer + "/inner/left"))
                self.assertEqual("ok", result["outcome"], result)

                self.assertTrue(agent.close(one))
                self.assertEqual([], os.listdir(outer + "/inner"))

    def test_what_one_session_left_in_anothers_open_folder_goes(self):
        one, other = self.agent.open(), self.session()
        folder = "/tmp/open-%d" % self.facts(other)[1]
        self.run_ok(other, "import os; os.makedirs('%s/x'); os.chmod('%s/x', 0o777); os.chmod('%s', 0o755)" % ((folder,) * 3))
        self.run_ok(one, "open('%s/x/mine', 'w').write('y')" % folder)
        self.assertTrue(self.agent.close(one), self.agent.errors)

        self.assertEqual("[]\n", self.run_ok(other, "print(os.listdir('%s/x'))" % folder)["stdout"])

    def test_nothing_of_the_token_is_in_a_sessions_memory(self):
        sha256 = hashlib.sha256(TOKEN.encode()).hexdigest()
        code = (
            "def occurs(coded):\n  times = 0\n"
            "  with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:\n"
            "    for line in maps:\n      start, end = (int(x, 16) for x in line.split()[0].split('-'))\n"
            "      if line.split()[1][0] != 'r' or end - start > 1 << 28 or '[v' in line: continue\n"
            "      memory.seek(start); data = memory.read(end - start)\n"
            # Every byte plus one, so that the search does not find what it looks for in itself.
            "      times += data.translate(bytes((i + 1) % 256 for i in range(256))).count(coded)\n  return times\n"
        )
        one = self.session()
        self.run_ok(one, code + "marker = ''.join(chr(ord(c) - 1) for c in 'nbslfs.pg.uif.uftu')")
        self.assertGreater(int(self.run_ok(one, "print(occurs(b'nbslfs.pg.uif.uftu'))")["stdout"]), 0)
        for secret in (sha256, TOKEN):
            coded = bytes(byte + 1 for byte in secret.encode())
            found = int(self.run_ok(one, "print(occurs(%r))" % coded)["stdout"])
            self.assertEqual(0, found, secret)

    def test_uids_are_never_used_again(self):
        uids = []
        for _ in range(3):
            one = self.agent.open()
            uids.append(self.facts(one)[1])
            self.agent.run(one, "os._exit(0)")
            uids.append(self.facts(one)[1])
            self.agent.close(one)

        self.assertEqual(6, len(set(uids)))

    def test_agents_of_one_machine_do_not_share_uids(self):
        one = self.session()
        with Agent() as second:
            ours = self.agent.call("POST", "/sessions", {"id": one})[1]["uid"]
            theirs = second.call("POST", "/sessions", {"id": second.open()})[1]["uid"]
            self.assertGreater(abs(ours - theirs), 1000)

    def test_restart_removes_the_old_folder_and_processes(self):
        one = self.session()
        home = self.facts(one)[0]
        self.agent.run(one, "import subprocess; subprocess.Popen(['setsid', 'sleep', '" + nap(35) + "']); os._exit(0)")

        self.assertEqual([], commands(nap(35)))
        self.assertNotEqual(home, self.facts(one)[0])
        self.assertEqual("False\n", self.run_ok(one, "print(os.path.exists(%r))" % home)["stdout"])


class FoldersThatAreNotSearched(unittest.TestCase):
    def agent(self, bound, low, **settings):
        """An agent that searches with another bound."""
        agent = Agent(changed=patched("sweeping", (r"^%s = \d+$" % bound, "%s = %d" % (bound, low))), **settings)
        self.addCleanup(agent.end)
        if not agent.ready["uids"]:
            self.skipTest("no uids here")
        return agent

    def test_a_session_is_not_called_clean_when_the_search_was_cut_short(self):
        for bound in ("_MOST_SCANNED_FOLDERS", "_MOST_FOLDERS", "_SCAN_SECONDS"):
            agent = self.agent(bound, 0)
            self.assertFalse(agent.close(agent.open()), bound)
            agent.end()
            self.assertIn("too many folders", agent.stderr())

    @in_bubblewrap
    def test_what_is_mounted_read_only_need_not_be_searched(self):
        agent = self.agent("_MOST_SCANNED_FOLDERS", 200, bwrap=True)
        self.assertTrue(agent.close(agent.open()), agent.errors)


@in_bubblewrap
class IsolationInBubblewrap(Isolation):
    settings = {"bwrap": True}

    def test_there_is_no_network_and_the_system_is_read_only(self):
        one = self.session()
        code = (
            "import os, socket\nprint(sorted(os.listdir('/proc/self/net/dev_snmp6')) if "
            "os.path.exists('/proc/self/net/dev_snmp6') else ['lo'], os.access('/usr', os.W_OK))\n"
            "s = socket.socket(); s.settimeout(1)\ns.connect(('192.0.2.1', 80))"
        )
        result = self.agent.run(one, code)

        self.assertEqual("OSError", result["error"]["type"])
        self.assertEqual("['lo'] False\n", result["stdout"])


if __name__ == "__main__":
    unittest.main()
