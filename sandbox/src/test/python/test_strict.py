"""The agent's reader of what sessions wrote: the same values as the standard library's, and hard bounds."""
import json
import os
import sys
import unittest

from case import AgentCase
from packing import SOURCES

sys.path.insert(0, os.path.dirname(SOURCES))
from rlm_agent import strict  # noqa: E402

_FLOOD = (
    "import os, socket, threading\ndef flood(piece):\n"
    "  s = socket.socket(socket.AF_UNIX); s.connect(os.environ['RLM_BROKER_SOCKET'])\n"
    "  body = b'{\"type\": \"batched\", \"prompts\": [' + piece * ((31 << 20) // len(piece)) + b'[]]}'\n"
    "  s.sendall(b'POST /enqueue HTTP/1.1\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n' % len(body) + body)\n"
    "  print(s.recv(1000).split()[1].decode())\n"
)


class Strict(unittest.TestCase):
    def test_values_are_those_of_the_standard_library(self):
        values = ({}, [], [1, -2.5, 1e3, True, False, None, "x\n\ud83d \U0001f600"], {"a": {"b": [[]]}}, "s", 0, -1)
        for value in values:
            for options in ({}, {"indent": 2}, {"ensure_ascii": False}):
                text = json.dumps(value, **options)
                if "\ud83d" not in text:
                    self.assertEqual(value, strict.parse(text.encode(), 100))

    def test_what_is_no_json_is_refused(self):
        bad = ("", "[", "[1,]", '{"a"}', '{"a":}', "{1:2}", "01", "NaN", "Infinity", "[1 2]", '"\n"', '"x', '{"a":1,}', "1 1", "{")
        for text in bad:
            with self.assertRaises(ValueError, msg=text):
                strict.parse(text.encode(), 100)
        with self.assertRaises(ValueError):
            strict.parse(b'"\xff"', 100)

    def test_bounds(self):
        self.assertEqual([0] * 9, strict.parse(b"[" + b"0," * 8 + b"0]", 10))
        for text in (b"[" + b"0," * 9 + b"0]", b"1" * 31, b"1e9999", b"[" * 20 + b"]" * 20, b"[" * 1000000):
            with self.assertRaises(ValueError, msg=text[:20]):
                strict.parse(text, 10)


class Floods(AgentCase):
    def test_many_tiny_values_take_neither_the_agents_time_nor_its_memory(self):
        one, other = self.session(), self.session()
        self.run_ok(one, _FLOOD)
        block = self.agent.start(one, "for piece in (b'[],', b'0,', b'{\"\":0},'): flood(piece)", timeout=100)
        while block not in self.agent.results:
            self.run_ok(other, "pass", timeout=60)

        self.assertEqual("400\n400\n400\n", self.agent.result(block)["stdout"])
        with open("/proc/%d/status" % self.agent.process.pid) as status:
            peak = [int(line.split()[1]) for line in status if line.startswith("VmHWM:")][0]
        self.assertLess(peak, 300 << 10)

    def test_frame_of_many_tiny_values_ends_its_session_only(self):
        one, other = self.session(), self.session()
        code = (
            "import os, time\ndata = b'{\"error\": [' + b'[],' * 5000000 + b'[]]}'\n"
            "data = memoryview(b'D' + len(data).to_bytes(4, 'big') + data)\nwhile data: data = data[os.write(900, data):]\ntime.sleep(60)"
        )
        result = self.agent.run(one, code, timeout=60)

        self.assertEqual(("exited", True), (result["outcome"], result["restarted"]), result)
        self.assert_serves(other)
        with open("/proc/%d/status" % self.agent.process.pid) as status:
            peak = [int(line.split()[1]) for line in status if line.startswith("VmHWM:")][0]
        self.assertLess(peak, 300 << 10)


if __name__ == "__main__":
    unittest.main()
