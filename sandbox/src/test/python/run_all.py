"""Runs every test module in a process of its own, a few at a time: most of the time a test waits for something."""
import glob
import os
import queue
import re
import subprocess
import sys
import threading

_HERE = os.path.dirname(os.path.abspath(__file__))
_AT_A_TIME = 2
_LONGEST_SECONDS = 600
# These take longest; started first, they do not hold up the end.
_FIRST = ("test_hostile", "test_isolation", "test_limits", "test_start")


def main():
    names = {os.path.basename(path)[:-3] for path in glob.glob(os.path.join(_HERE, "test_*.py"))}
    modules = queue.Queue()
    for name in sorted(names, key=lambda name: (name not in _FIRST, name)):
        modules.put(name)
    outcomes = []
    threads = [threading.Thread(target=_work, args=(modules, outcomes)) for _ in range(_AT_A_TIME)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = sorted(name for name, ok, _ in outcomes if not ok)
    print("Ran %d tests in %d modules" % (sum(count for _, _, count in outcomes), len(outcomes)))
    print("FAILED: %s" % ", ".join(failed) if failed or len(outcomes) < len(names) else "OK")
    return 1 if failed or len(outcomes) < len(names) else 0


def _work(modules, outcomes):
    while True:
        try:
            name = modules.get_nowait()
        except queue.Empty:
            return
        outcomes.append(_run(name))


def _run(name):
    """(name, whether all went well, number of tests)."""
    command = [sys.executable, "-m", "unittest", name]
    process = subprocess.Popen(command, cwd=_HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        said = process.communicate(timeout=_LONGEST_SECONDS)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        process.kill()
        said = process.communicate()[0].decode("utf-8", "replace") + "\nended after %d s\n" % _LONGEST_SECONDS
    ran = re.search(r"^Ran ([0-9]+) test", said, re.MULTILINE)
    print("%s\n%s" % (name, said.rstrip()), flush=True)
    return name, process.returncode == 0 and ran is not None, int(ran.group(1)) if ran else 0


if __name__ == "__main__":
    sys.exit(main())
