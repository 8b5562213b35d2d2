"""What a block of code sees and leaves, as the model would."""
import itertools
import unittest

from case import AgentCase


class Blocks(AgentCase):
    def test_state_lives_on_without_being_pickled(self):
        one = self.session()
        self.run_ok(one, "import threading\ng = (i for i in range(3)); _hidden = threading.Lock(); f = lambda: x")

        self.assertEqual("0 5\n", self.run_ok(one, "x = 5\n_hidden.acquire()\nprint(next(g), f())")["stdout"])

    def test_failing_block_keeps_what_it_had_set(self):
        one = self.session()
        failed = self.agent.run(one, "a = 1\nb = [2]\nb.append(3)\nraise ValueError('no')\nc = 4")

        self.assertEqual("error", failed["outcome"])
        self.assertEqual(["a", "b"], [row["name"] for row in failed["variables"]])
        self.assertEqual("1 [2, 3]\n", self.run_ok(one, "print(a, b)")["stdout"])

    def test_traceback_begins_at_the_code_and_shows_its_lines(self):
        one = self.session()
        self.run_ok(one, "def f(x):\n    return 1 / x")
        error = self.agent.run(one, "y = 0\nf(y)")["error"]

        self.assertEqual(("ZeroDivisionError", "division by zero"), (error["type"], error["message"]))
        lines = error["traceback"].splitlines()
        self.assertEqual("Traceback (most recent call last):", lines[0])
        self.assertEqual('  File "<block 2>", line 2, in <module>', lines[1])
        self.assertIn("    f(y)", lines)
        self.assertIn("    return 1 / x", lines)
        self.assertNotIn("rlm_agent", error["traceback"])

    def test_syntax_error_names_the_line(self):
        error = self.agent.run(self.session(), "x = 1\nif x\n    pass")["error"]

        self.assertEqual("SyntaxError", error["type"])
        self.assertIn('File "<block 1>", line 2', error["traceback"])

    def test_last_expression_is_not_echoed(self):
        self.assertEqual("", self.run_ok(self.session(), "1 + 1")["stdout"])

    def test_warnings_are_no_errors(self):
        result = self.run_ok(self.session(), "import warnings; warnings.warn('careful')")

        self.assertIn("careful", result["stderr"])
        self.assertIsNone(result["error"])

    def test_answer_is_read_at_the_end_of_the_block(self):
        one = self.session()
        cases = (
            ("answer['ready'] = True\nanswer['content'] = 'late'", "late"),
            ("answer.update(ready=True, content=42)", "42"),
            ("answer = {'content': [1], 'ready': 1}", "[1]"),
            ("answer['content'] = 'kept'; answer['ready'] = True\nraise KeyError('x')", "kept"),
        )
        for code, content in cases:
            result = self.agent.run(one, code)
            self.assertEqual({"ready": True, "content": content}, result["answer"])
            self.agent.run(one, "answer['ready'] = False")

    def test_answer_that_is_no_dict_is_put_back_and_said(self):
        one = self.session()
        result = self.run_ok(one, "answer = 'forty-two'")

        self.assertIsNone(result["answer"])
        self.assertIn("answer", result["note"])
        self.assertEqual("{'content': '', 'ready': False}\n", self.run_ok(one, "print(answer)")["stdout"])

    def test_answer_whose_text_cannot_be_made_is_said(self):
        code = "class Bad:\n  def __str__(self): raise ValueError('x')\nanswer['content'] = Bad()"
        result = self.run_ok(self.session(), code)

        self.assertIsNone(result["answer"])
        self.assertIn("ValueError", result["note"])

    def test_huge_answer_is_cut_at_a_whole_character(self):
        result = self.run_ok(self.session(), "answer['content'] = '\\u20ac' * 3_000_000")

        self.assertEqual((8 << 20) // 3, len(result["answer"]["content"]))
        self.assertIn("was cut", result["note"])

    def test_largest_results_fit_in_their_frame(self):
        one = self.session()
        for text in ("\x01" * (8 << 20), "\x01" * 2_000_000 + "x" * 6_000_000, "\n" * 3_000_000 + "x" * 9_000_000):
            result = self.run_ok(one, "answer['content'] = %s" % " + ".join("%r * %d" % pair for pair in _runs(text)))
            self.assertTrue(text.startswith(result["answer"]["content"]))
            self.assertGreater(len(result["answer"]["content"]), 1_000_000)
            self.assertIn("was cut", result["note"])
        self.run_ok(one, "answer['content'] = 'x' * 4 + '\\n' * %d" % ((4 << 20) - 4))

        names = "for i in range(20): globals()['\\x01' * 2_000_000 + str(i)] = type('t' * 2_000_000, (), {})()"
        result = self.run_ok(one, names)
        self.assertEqual({1000}, {len(row["name"]) for row in result["variables"] if row["name"] != "i"})

    def test_names_are_put_back(self):
        one = self.session(b"ctx")
        self.run_ok(one, "context = llm_query = SHOW_VARS = llm_query_batched = None")

        result = self.run_ok(one, "print(context, callable(llm_query), callable(llm_query_batched), SHOW_VARS())")
        self.assertEqual("ctx True True Available variables: {'context': 'str'}\n", result["stdout"])

    def test_cleared_namespace_is_put_back(self):
        one = self.session(b"ctx")
        self.run_ok(one, "globals().clear()")

        self.assertEqual("ctx ''\n", self.run_ok(one, "print(context, repr(answer['content']))")["stdout"])

    def test_variables_have_cheap_previews(self):
        code = (
            "class C:\n  def __repr__(self): raise SystemExit\n"
            "c = C(); d = {'k': [1, 2]}; s = 'x' * 10**6; n = 10**100000; import os; t = (1,); e = {1}"
        )
        rows = {row["name"]: (row["type"], row["preview"]) for row in self.run_ok(self.session(), code)["variables"]}

        self.assertEqual(("C", "<C>"), rows["c"])
        self.assertEqual(("dict", "{'k': [1, 2]}"), rows["d"])
        self.assertEqual(200, len(rows["s"][1]))
        self.assertEqual(("int", "<int of 332193 bits>"), rows["n"])
        self.assertEqual(("module", "<module os>"), rows["os"])
        self.assertEqual(("tuple", "(1,)"), rows["t"])
        self.assertEqual(("set", "{1}"), rows["e"])

    def test_variables_are_bounded(self):
        code = "for i in range(500): globals()['v%d' % i] = [[[[i]]]] * 1000"
        rows = self.run_ok(self.session(), code)["variables"]

        self.assertEqual(200, len(rows))
        self.assertTrue(all(len(row["preview"]) <= 200 for row in rows))

    def test_show_vars_without_any(self):
        self.assertIn("No variables yet", self.run_ok(self.session(), "print(SHOW_VARS())")["stdout"])

    def test_output_of_every_kind_is_captured_in_order(self):
        code = (
            "import os, subprocess, sys, ctypes\nprint('one')\nos.write(1, b'two\\n')\n"
            "subprocess.run(['echo', 'three'])\nprint('four')\nctypes.CDLL(None).puts(b'five')\n"
            "print('six', file=sys.stderr)"
        )
        result = self.run_ok(self.session(), code)

        self.assertEqual("one\ntwo\nthree\nfour\nfive\n", result["stdout"])
        self.assertEqual("six\n", result["stderr"])

    def test_output_is_counted_in_code_points_and_cut_at_one(self):
        result = self.run_ok(self.session(), "print('x' + '\\U0001f600' * 100_000, end='')")

        self.assertEqual(100_001, result["stdoutChars"])
        self.assertEqual("x" + "\U0001f600" * 65535, result["stdout"])

    def test_undecodable_output_is_replaced(self):
        one = self.session()

        self.assertEqual("\ufffdx", self.run_ok(one, "import os; os.write(1, b'\\xffx')")["stdout"])
        self.assertEqual("\\ud800\n", self.run_ok(one, "print('\\ud800')")["stdout"])

    def test_output_between_blocks_is_said_to_be_late(self):
        one = self.session()
        code = "import subprocess; p = subprocess.Popen('read x; echo late', shell=True, stdin=subprocess.PIPE)"
        self.run_ok(one, code)
        self.run_ok(one, "import threading; t = threading.Timer(0, lambda: (p.communicate(b'x'), done.set()))")
        self.run_ok(one, "done = threading.Event(); threading.Timer(0.2, t.start).start()")
        late = self.run_ok(one, "done.wait(5)")
        again = self.run_ok(one, "print('mine')")

        self.assertEqual("late\nmine\n", late["stdout"] + again["stdout"])

    def test_input_is_empty(self):
        self.assertEqual("EOFError", self.agent.run(self.session(), "input()")["error"]["type"])

    def test_multiprocessing_dataclasses_and_own_modules_work(self):
        code = (
            "import dataclasses, multiprocessing, pickle\n"
            "@dataclasses.dataclass\nclass P:\n  x: int\n"
            "def f(x): return x * 2\n"
            "with multiprocessing.get_context('fork').Pool(2) as pool: print(pool.map(f, [1, 2]))\n"
            "print(pickle.loads(pickle.dumps(P(3))))\n"
            "open('own.py', 'w').write('y = 7')\nimport own\nprint(own.y)"
        )
        self.assertEqual("[2, 4]\nP(x=3)\n7\n", self.run_ok(self.session(), code)["stdout"])

    def test_large_pages_are_no_setting_of_programs_that_the_code_starts(self):
        one = self.session()
        result = self.run_ok(one, "import os, subprocess\nprint(subprocess.run(['env'], stdout=subprocess.PIPE).stdout)")

        self.assertNotIn("GLIBC_TUNABLES", result["stdout"])

    def test_environment_is_the_sessions_own(self):
        code = (
            "import os\nhome = os.getcwd()\n"
            "print(os.environ['HOME'] == os.environ['TMPDIR'] == os.environ['PWD'] == home)\n"
            "print(os.environ['RLM_BROKER_SOCKET'] == home + '/broker.sock', oct(os.stat('.').st_mode))\n"
            "seen = dict(os.environ), open('/proc/self/environ').read()\n"
            "print('RLM_AGENT' in str(seen), 'MODAL_' in str(seen), open('/proc/self/comm').read(), end='')"
        )
        result = self.run_ok(self.session(), code)

        self.assertEqual("True\nTrue 0o40700\nFalse False rlm_session\n", result["stdout"])

    def test_what_was_buffered_before_a_fork_is_printed_once(self):
        code = "import os\nprint('once', end='')\npid = os.fork()\nif pid: os.waitpid(pid, 0)"

        self.assertEqual("once", self.run_ok(self.session(), code)["stdout"])

    def test_all_output_is_there_when_the_block_is_over(self):
        one = self.session()
        for number in range(60):
            result = self.run_ok(one, "import os\nos.write(1, b'x' * 60_000); print(%d)" % number)
            self.assertEqual("x" * 60_000 + "%d\n" % number, result["stdout"])

    def test_forked_child_that_runs_to_the_blocks_end_says_nothing(self):
        code = "import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint('in', 'parent' if pid else 'child')"
        one = self.session()

        self.assertEqual(["in child", "in parent"], sorted(self.run_ok(one, code)["stdout"].splitlines()))
        self.assert_serves(one)


class BlocksWithoutUids(Blocks):
    settings = {"uids": "never"}


def _runs(text):
    """(character, how often) of each run of equal ones."""
    return [(character, len(list(group))) for character, group in itertools.groupby(text)]


if __name__ == "__main__":
    unittest.main()
