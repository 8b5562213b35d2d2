"""Code that does what it should not: each ends in a result for its own block, and the others are served."""
import time
import unittest

from case import AgentCase, wait_for
from walls import in_bubblewrap


class HostileCode(AgentCase):
    def test_exits(self):
        one = self.session()
        self.run_ok(one, "kept = 1")
        for code in ("import sys; sys.exit(3)", "quit()", "raise SystemExit"):
            result = self.agent.run(one, code)
            self.assertEqual(("error", "SystemExit"), (result["outcome"], result["error"]["type"]))
        self.assertEqual("1\n", self.run_ok(one, "print(kept)")["stdout"])

    def test_death_of_the_process_restarts_the_session(self):
        cases = (
            ("import os; os._exit(3)", "code 3"),
            ("import ctypes; ctypes.string_at(0)", "signal 11 (SIGSEGV)"),
            ("import os; os.abort()", "signal 6 (SIGABRT)"),
            ("import os; os.closerange(3, 65536)", "code 70"),
        )
        one = self.session(b"ctx")
        for code, end in cases:
            self.agent.run(one, "kept = context", setup=False)
            result = self.agent.run(one, "print('before', flush=True)\n" + code)
            self.assertEqual(("exited", end), (result["outcome"], result["exit"]), result)
            self.assertEqual((True, ["kept"]), (result["restarted"], result["lost"]))
            self.assertEqual("before\n", result["stdout"])
            self.assertIn("restarted", result["note"])
            self.assertEqual("ctx False\n", self.run_ok(one, "print(context, 'kept' in globals())")["stdout"])

    def test_death_between_blocks_is_told_with_the_next(self):
        one = self.session(b"ctx")
        self.run_ok(one, "from_setup = 7", setup=True)
        code = "import os, threading; kept = 1; threading.Timer(0.05, os._exit, [9]).start(); print(os.getpid())"
        self.wait_for_the_end(code, one)
        result = self.run_ok(one, "print(context, from_setup)")

        self.assertEqual("ctx 7\n", result["stdout"])
        self.assertTrue(result["restarted"])
        self.assertIn("kept", result["lost"])
        self.assertIn("code 9", result["note"])

    def wait_for_the_end(self, code, session):
        """Runs code that prints its pid and ends its process after the block; waits until the agent has heard of it."""
        pid, probe = self.run_ok(session, code)["stdout"].strip(), self.session()
        look = "import os\nprint(os.path.exists('/proc/%s'))" % pid
        wait_for(lambda: self.run_ok(probe, look)["stdout"] == "False\n")
        self.session()  # comes by the same way as the news of the end, and after it

    def test_overdue_blocks_are_interrupted_and_keep_their_state(self):
        one = self.session()
        endless = (
            "while True: pass",
            "import time; time.sleep(60)",
            "import re; re.match('(a+)+$', 'a' * 40 + 'b')",
            "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
            "class C:\n  def __str__(self):\n    while True: pass\nanswer['content'] = C()",
            "class E(Exception):\n  def __str__(self):\n    while True: pass\nraise E()",
        )
        for code in endless:
            result = self.agent.run(one, "kept = 5\n" + code, timeout=0.3)
            self.assertEqual("interrupted", result["outcome"], code)
            self.agent.run(one, "answer['content'] = ''")
        self.assertEqual("5\n", self.run_ok(one, "print(kept)")["stdout"])

    def test_waiting_for_an_answer_is_interrupted_and_withdrawn(self):
        one = self.session()
        self.agent.answer = None
        self.addCleanup(setattr, self.agent, "answer", lambda request: {"response": "again"})
        result = self.agent.run(one, "llm_query('nobody answers')", timeout=0.3)

        self.assertEqual("interrupted", result["outcome"])
        number = self.agent.queries[-1]["id"]
        self.agent.wait_until(lambda: number in self.agent.withdrawn)
        self.assertEqual("gone", self.agent.respond(number, {"response": "late"}))

    def test_blocks_that_do_not_stop_are_killed(self):
        one = self.session(b"ctx")
        stubborn = (
            "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass",
            "def f():\n  try:\n    while True: time.sleep(9)\n  except BaseException: f()\nimport time; f()",
            "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)",
            "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})\nwhile True: pass",
        )
        for code in stubborn:
            result = self.agent.run(one, code, timeout=0.2)
            self.assertEqual(("killed", True), (result["outcome"], result["restarted"]), code)
            self.assertEqual("ctx\n", self.run_ok(one, "print(context)")["stdout"])

    def test_interrupt_leaves_no_children(self):
        one = self.session()
        code = "import subprocess, time\np = [subprocess.Popen(['sleep', '77.25']) for _ in range(5)]\nllm_query('all started')\ntime.sleep(60)"
        block = self.agent.start(one, code, timeout=100)
        self.agent.wait_until(lambda: self.agent.queries and self.agent.queries[-1]["execution"] == block)
        self.agent.call("POST", "/sessions/%s/interrupt" % one, {"execution": block})
        self.assertEqual("interrupted", self.agent.result(block)["outcome"])

        left = self.run_ok(one, "print([q.poll() for q in p])")["stdout"]
        self.assertEqual("[-9, -9, -9, -9, -9]\n", left)

    def test_interrupt_by_the_worker(self):
        one = self.session()
        block = self.agent.start(one, "print('begun', flush=True); llm_query('x')\nwhile True: pass", timeout=60)
        self.agent.wait_until(lambda: self.agent.queries and self.agent.queries[-1]["execution"] == block)
        status, _ = self.agent.call("POST", "/sessions/%s/interrupt" % one, {"execution": block})

        self.assertEqual(202, status)
        self.assertEqual("interrupted", self.agent.result(block)["outcome"])

    def test_much_output_with_and_without_newlines(self):
        one, other = self.session(), self.session()
        code = "import os\nfor _ in range(200): os.write(1, b'x' * 999_999 + b'%s')"
        for end in ("y", "\\n"):
            block = self.agent.start(one, code % end, timeout=60)
            self.assert_serves(other)
            result = self.agent.result(block, 60)
            self.assertEqual((200_000_000, 262144), (result["stdoutChars"], len(result["stdout"])))

    def test_endless_output_of_a_child_does_not_hold_the_block(self):
        one = self.session()
        self.run_ok(one, "import subprocess; p = subprocess.Popen('yes')")
        self.run_ok(one, "p.kill()")

    def test_daemon_that_keeps_the_pipes_open(self):
        one = self.session()
        code = (
            "import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork(): os._exit(0)\n"
            "  time.sleep(600)\n  os._exit(0)"
        )
        self.run_ok(one, code)
        self.assert_serves(one)

    def test_closed_and_redirected_streams_are_put_back(self):
        one = self.session()
        for code in ("import os; os.close(1); os.close(2)", "import os; os.dup2(0, 1)", "os.closerange(0, 256)"):
            result = self.agent.run(one, "import os\nprint('early')\n" + code + "\nprint('late')")
            self.assertIn("lost", result["note"])
            self.assert_serves(one)
        for code in ("import sys; sys.stdout.close()", "sys.stdout = None", "import io; sys.stdout = io.StringIO()"):
            self.agent.run(one, code)
            self.assert_serves(one)

    def test_changed_handlers_timers_and_limits_do_not_last(self):
        one = self.session()
        self.run_ok(one, "import signal\nfor s in (2, 14, 15): signal.signal(s, lambda *a: 1 / 0)\nsignal.alarm(1)")
        self.run_ok(one, "import sys; sys.settrace(lambda *a: 1 / 0)")
        self.agent.run(one, "sys.setrecursionlimit(60)")
        self.assertEqual("interrupted", self.agent.run(one, "while True: pass", timeout=0.2)["outcome"])
        time.sleep(1)
        self.assert_serves(one)

    def test_monkeypatched_modules(self):
        one = self.session()
        code = (
            "import builtins, json, socket, os, struct, sys, io, traceback, linecache, signal, threading\n"
            "json.decoder.JSONDecoder = socket.socket = None\n"
            "for module in (json, socket, os, struct, io, traceback, linecache, signal):\n"
            "  for name in list(vars(module)):\n    if not name.startswith('__'): setattr(module, name, None)\n"
            "for name in ('len', 'isinstance', 'type', 'str', 'repr', 'Exception', 'print'): setattr(builtins, name, None)"
        )
        self.run_ok(one, code)
        result = self.agent.run(one, "x = llm_query('still')\nanswer['content'] = x\n1 / 0")

        self.assertEqual("ZeroDivisionError", result["error"]["type"])
        self.assertIn("<block 2>", result["error"]["traceback"])
        self.assertEqual("echo:still", result["answer"]["content"])

    def test_junk_on_the_control_channel_ends_that_session_only(self):
        one, other = self.session(), self.session()
        junk = ("b'garbage' * 100", "b'D' + b'\\xff' * 4", "b'D\\x00\\x00\\x00\\x02[]'", "b'D\\x00\\x00\\x00\\x02{}'", "b'D\\x01\\x00\\x00\\x01'")
        for data in junk:
            result = self.agent.run(one, "import os, time\nos.write(900, %s)\ntime.sleep(30)" % data, timeout=20)
            self.assertEqual(("exited", True), (result["outcome"], result["restarted"]), result)
            self.assert_serves(other)
        self.assert_serves(one)

    def test_frame_that_nobody_asked_for_ends_that_session_only(self):
        one, other = self.session(), self.session()
        frame = "b'D\\x00\\x00\\x00\\x02{}'"
        code = "import os, threading; threading.Timer(0.1, os.write, [900, %s]).start(); print(os.getpid())"
        self.wait_for_the_end(code % frame, one)
        result = self.run_ok(one, "print(1)")

        self.assertEqual((True, "1\n"), (result["restarted"], result["stdout"]))
        self.assertIn("channel", result["note"])
        self.assert_serves(other)

    def test_frame_that_nobody_asked_for_is_not_waited_for(self):
        one = self.session()
        head = "b'D\\x00\\xf0\\x00\\x00'"
        code = "import os, threading; threading.Timer(0.1, os.write, [900, %s]).start(); print(os.getpid())"
        self.wait_for_the_end(code % head, one)
        result = self.run_ok(one, "print(1)")

        self.assertEqual((True, "1\n"), (result["restarted"], result["stdout"]))
        self.assertIn("channel", result["note"])

    def test_extreme_queries_are_refused_or_arrive_whole(self):
        one = self.session()
        ask = (
            "import json, os, socket\ndef ask(fields, kind='single', prompts='\"prompt\": \"extreme\"'):\n"
            "  body = ('{\"type\": \"%s\", %s%s}' % (kind, prompts, fields)).encode()\n"
            "  s = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET'])\n"
            "  s.sendall(b'POST /enqueue HTTP/1.1\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)\n"
            "  answer = b''.join(iter(lambda: s.recv(65536), b'')).split(b'\\r\\n\\r\\n')[1]\n"
            "  print('refused' if 'error' in json.loads(answer) else 'asked')\n"
        )
        self.run_ok(one, ask)
        refused = (
            "', \"depth\": 1' + '0' * 2000",
            "', \"depth\": 1001'",
            "', \"depth\": -1'",
            "', \"depth\": 1.0'",
            "', \"depth\": true'",
            "', \"depth\": NaN'",
            "', \"depth\": 1e999'",
            "', \"depth\": [1]'",
            "', \"model\": 7'",
            "', \"model\": NaN'",
            "', \"model\": \"' + 'm' * 1001 + '\"'",
            "'', 'single', '\"prompt\": NaN'",
            "'', 'batched', '\"prompts\": \"text\"'",
            "'', 'batched', '\"prompts\": [\"a\", null]'",
            "'', 'batched', '\"prompts\": [' + '\"\",' * 100000 + '\"\"]'",
            "'', '\\\\ud800'",
        )
        before = len(self.agent.queries)
        for fields in refused:
            self.assertEqual("refused\n", self.run_ok(one, "ask(%s)" % fields)["stdout"], fields)
        self.assertEqual(before, len(self.agent.queries))

        fields = "', \"depth\": 1000, \"model\": \"' + 'm' * 999 + '\\\\ud800\"', 'single', '\"prompt\": \"\\\\udfff\\\\u0000\"'"
        self.assertEqual("asked\n", self.run_ok(one, "ask(%s)" % fields)["stdout"])
        self.assertEqual(
            {"type": "single", "prompt": "?\0", "model": "m" * 999 + "?", "depth": 1000}, self.agent.queries[-1]["request"]
        )

    def test_threads_ask_at_once(self):
        one = self.session()
        code = (
            "import threading\nout = {}\n"
            "def ask(i): out[i] = llm_query('p%d' % i)\n"
            "ts = [threading.Thread(target=ask, args=(i,)) for i in range(64)]\n"
            "[t.start() for t in ts]; [t.join() for t in ts]\n"
            "print(all(out[i] == 'echo:p%d' % i for i in range(64)), len(out))"
        )
        self.assertEqual("True 64\n", self.run_ok(one, code)["stdout"])

    def test_forked_children_ask_too(self):
        code = (
            "import os\nr, w = os.pipe()\npid = os.fork()\n"
            "if not pid:\n  os.write(w, llm_query('child').encode())\n  os._exit(0)\n"
            "os.waitpid(pid, 0); print(os.read(r, 100))"
        )
        self.assertEqual("b'echo:child'\n", self.run_ok(self.session(), code)["stdout"])

    def test_deep_recursion(self):
        one = self.session()
        result = self.agent.run(one, "def f(): f()\nf()")

        self.assertEqual("RecursionError", result["error"]["type"])
        self.assert_serves(one)


@in_bubblewrap
class HostileCodeInBubblewrap(HostileCode):
    settings = {"bwrap": True}


if __name__ == "__main__":
    unittest.main()
