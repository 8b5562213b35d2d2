"""Contexts: exact bytes in, the same value in the REPL, and clear words where that cannot be."""
import gzip
import hashlib
import json
import os
import random
import threading
import unittest

from case import AgentCase
from driver import TOKEN, unique

_CHECK = "import hashlib; print(len(context), hashlib.sha256(context.encode()).hexdigest())"


class Contexts(AgentCase):
    def opened(self, data, kind="text"):
        """(status, answer) of opening a session on these bytes."""
        sha256 = self.agent.put(data)
        name = unique("c")
        contexts = [{"name": "context", "sha256": sha256, "type": kind}]
        status, answer = self.agent.call("POST", "/sessions", {"id": name, "contexts": contexts})
        if status == 201:
            self.addCleanup(self.agent.close, name)
        return status, answer

    def test_difficult_text_is_exact(self):
        text = "\ufeffa\0b\r\nc\rd\n\u2028'\"\"\"\\n \\ {x} %s \U0001f600\U0010ffff\ue000 end\""
        one = self.session(text.encode())

        self.assertEqual("%s\n" % ascii(text), self.run_ok(one, "print(ascii(context))")["stdout"])

    def test_empty_context(self):
        self.assertEqual("''\n", self.run_ok(self.session(b""), "print(repr(context))")["stdout"])

    def test_hundred_megabytes(self):
        dice = random.Random(7)
        block = "".join(chr(dice.choice((dice.randrange(32, 127), dice.randrange(0x10000, 0x10FFFF)))) for _ in range(70000))
        data = b"".join(os.urandom(64).hex().encode() + block.encode() for _ in range(550))
        self.assertGreater(len(data), 90_000_000)
        one = self.session(data)

        expected = "%d %s\n" % (len(data.decode()), hashlib.sha256(data).hexdigest())
        self.assertEqual(expected, self.run_ok(one, _CHECK, timeout=30)["stdout"])

    def test_json_is_the_same_python_value(self):
        value = {"a": [1, 2.5, None, True, "\U0001f600", 10**40], "b": {"": {}}}
        one = self.session(json.dumps(value).encode(), "json")

        self.assertEqual("True\n", self.run_ok(one, "print(context == %r)" % value)["stdout"])

    def test_several_contexts_have_their_names(self):
        name = unique("c")
        contexts = [
            {"name": "context", "sha256": self.agent.put(b"one"), "type": "text"},
            {"name": "notes", "sha256": self.agent.put(b"[2]"), "type": "json"},
        ]
        self.assertEqual(201, self.agent.call("POST", "/sessions", {"id": name, "contexts": contexts})[0])
        self.addCleanup(self.agent.close, name)

        self.assertEqual("one [2]\n", self.run_ok(name, "print(context, notes)")["stdout"])

    def test_bytes_that_are_no_text_name_the_place(self):
        for data, place in ((b"0123456789abcdefg\xff", 17), (b"ab\xed\xa0\x80", 2), (b"\xc3\xa9\xc3", 2)):
            status, answer = self.opened(data)
            self.assertEqual((422, "context-invalid"), (status, answer["code"]))
            self.assertIn("not UTF-8 at byte %d" % place, answer["error"])

    def test_a_context_is_called_by_its_name_once(self):
        name, sha256 = unique("c"), self.agent.put(b"\xff")
        for variable, told in (("context", "context is not UTF-8"), ("notes", "context notes is not UTF-8")):
            contexts = [{"name": variable, "sha256": sha256, "type": "text"}]
            status, answer = self.agent.call("POST", "/sessions", {"id": name, "contexts": contexts})
            self.assertEqual(422, status)
            self.assertEqual(told + " at byte 0", answer["error"])
        for variable, told in (("context", "sha256 of context is missing"), ("a", "sha256 of context a is missing")):
            body = {"id": name, "contexts": [{"name": variable, "type": "text"}]}
            self.assertEqual(told, self.agent.call("POST", "/sessions", body)[1]["error"])
        missing = [{"name": "context", "sha256": "0" * 64, "type": "text"}]
        answer = self.agent.call("POST", "/sessions", {"id": name, "contexts": missing})[1]
        self.assertEqual("context (%s) is not in this sandbox" % ("0" * 64), answer["error"])

    def test_bad_json_names_the_place(self):
        status, answer = self.opened('["\u00e9", x]'.encode(), "json")
        self.assertEqual((422, "context-invalid"), (status, answer["code"]))
        self.assertIn("not JSON at byte 7", answer["error"])
        status, answer = self.opened(b"[" * 1_000_000, "json")
        self.assertEqual((422, "context-invalid"), (status, answer["code"]))

    def test_failed_opening_can_be_repeated(self):
        sha256 = hashlib.sha256(b"later").hexdigest()
        body = {"id": unique("c"), "contexts": [{"name": "context", "sha256": sha256, "type": "text"}]}
        status, answer = self.agent.call("POST", "/sessions", body)
        self.assertEqual((409, "context-missing", sha256), (status, answer["code"], answer["sha256"]))
        self.agent.put(b"later")

        self.assertEqual(201, self.agent.call("POST", "/sessions", body)[0])
        self.assertTrue(self.agent.close(body["id"]))

    def test_uploading_again_is_harmless(self):
        data = os.urandom(1000).hex().encode()
        path = "/contexts/" + hashlib.sha256(data).hexdigest()

        self.assertEqual(404, self.agent.call("HEAD", path)[0])
        self.assertEqual((201, len(data)), (lambda s, a: (s, a["bytes"]))(*self.agent.call("PUT", path, data)))
        self.assertEqual((200, len(data)), (lambda s, a: (s, a["bytes"]))(*self.agent.call("PUT", path, data)))
        self.assertEqual(200, self.agent.call("HEAD", path)[0])
        self.assertEqual((200, {"deleted": True}), self.agent.call("DELETE", path))
        self.assertEqual((200, {"deleted": False}), self.agent.call("DELETE", path))
        self.assertEqual(404, self.agent.call("HEAD", path)[0])

    def test_unknown_hash_is_told_at_the_end(self):
        data = os.urandom(300_000)
        status, answer = self.agent.call("POST", "/contexts", iter([data[:100], data[100:]]))

        self.assertEqual((201, hashlib.sha256(data).hexdigest(), 300_000), (status, answer["sha256"], answer["bytes"]))

    def test_gzip_is_unpacked(self):
        data = ("gzip me " * 500_000 + unique()).encode()
        packed = gzip.compress(data[:1000]) + gzip.compress(data[1000:])  # of two members
        sha256 = hashlib.sha256(data).hexdigest()
        status, answer = self.agent.call("PUT", "/contexts/" + sha256, packed, {"Content-Encoding": "gzip"})
        self.assertEqual((201, len(data)), (status, answer["bytes"]))
        for bad in (packed[:-5], b"no gzip at all"):
            status, answer = self.agent.call("POST", "/contexts", bad, {"Content-Encoding": "gzip"})
            self.assertEqual((400, "bad-request"), (status, answer["code"]))
        self.assertEqual(400, self.agent.call("POST", "/contexts", b"x", {"Content-Encoding": "br"})[0])

    def test_wrong_hash(self):
        found = hashlib.sha256(b"these").hexdigest()
        status, answer = self.agent.call("PUT", "/contexts/" + "0" * 64, b"these")

        self.assertEqual((422, "hash-mismatch"), (status, answer["code"]))
        self.assertIn(found, answer["error"])
        self.assertEqual(404, self.agent.call("HEAD", "/contexts/" + "0" * 64)[0])
        for name in ("0" * 63, "G" * 64, "A" * 64):
            self.assertEqual(400, self.agent.call("PUT", "/contexts/" + name, b"x")[0])

    def test_deleted_context_stays_with_its_sessions(self):
        data = b"kept by the session"
        one = self.session(data)
        self.agent.call("DELETE", "/contexts/" + hashlib.sha256(data).hexdigest())
        self.agent.run(one, "import os; os._exit(1)")

        self.assertEqual("kept by the session\n", self.run_ok(one, "print(context)")["stdout"])

    def test_broken_upload_leaves_nothing(self):
        folder = os.path.join(self.agent.work_dir, "contexts")
        before = sorted(os.listdir(folder))
        connection = self.agent.connect()
        connection.putrequest("PUT", "/contexts/" + "1" * 64)
        connection.putheader("Authorization", "Bearer " + TOKEN)
        connection.putheader("Content-Length", "1000000")
        connection.endheaders(b"x" * 500_000)
        connection.close()
        one = self.session()
        self.run_ok(one, "import time; time.sleep(0.2)")

        self.assertEqual(before, sorted(os.listdir(folder)))

    def test_uploads_do_not_hold_others_up(self):
        one = self.session()
        data = os.urandom(1 << 20) * 150
        upload = threading.Thread(target=self.agent.put, args=(data,))
        upload.start()
        slowest = 0.0
        while upload.is_alive():
            slowest = max(slowest, self.run_ok(one, "pass")["seconds"])
        upload.join()

        self.assertLess(slowest, 3)


class ContextsBeyondMemory(AgentCase):
    settings = {"sessionMemoryMib": 64}

    def test_json_that_grows_too_large_is_refused(self):
        data = b"[" + b",".join([b"[]"] * 12_000_000) + b"]"
        sha256 = self.agent.put(data)
        contexts = [{"name": "context", "sha256": sha256, "type": "json"}]
        status, answer = self.agent.call("POST", "/sessions", {"id": unique("c"), "contexts": contexts})

        self.assertEqual((422, "context-memory"), (status, answer["code"]))
        self.assert_serves(self.session())


if __name__ == "__main__":
    unittest.main()
