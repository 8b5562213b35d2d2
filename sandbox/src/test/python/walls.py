"""Bubblewrap around an agent, with the options that the worker gives it as root (Bubblewrap.java)."""
import os
import subprocess
import unittest

from packing import python

_REQUIRED = os.environ.get("RLM_TEST_REQUIRE", "").split(",")  # "bubblewrap", "uids": their lack is an error, no skip
_SYSTEM = "/usr /bin /sbin /lib /lib32 /lib64 /libx32".split()
_SETTINGS = "alternatives ld.so.cache ld.so.conf ld.so.conf.d localtime passwd group nsswitch.conf mime.types".split()
_CAPABILITIES = ("SETUID", "SETGID", "KILL", "CHOWN", "DAC_OVERRIDE")


def bubblewrap(run_folder, tmp_bytes=None):
    """The command in front of the agent's own."""
    flags = "--die-with-parent --new-session --unshare-pid --unshare-net --unshare-ipc --unshare-uts --cap-drop ALL"
    command = ["bwrap"] + flags.split()
    for name in _CAPABILITIES:
        command += ["--cap-add", "CAP_" + name]
    for path in _SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    for path in ["/etc/" + name for name in _SETTINGS]:
        if os.path.exists(path):
            command += ["--ro-bind", path, path]
    size = str(tmp_bytes or 1 << 30)
    command += ["--proc", "/proc", "--dev", "/dev"]
    command += ["--perms", "1777", "--size", str(min(int(size), 256 << 20)), "--tmpfs", "/dev/shm"]
    command += ["--perms", "1777", "--size", size, "--tmpfs", "/tmp", "--dir", "/var", "--symlink", "../tmp", "/var/tmp"]
    command += ["--bind", run_folder, "/run/rlm", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
    return command + ["--clearenv", "--setenv", "PATH", "/usr/bin:/bin"]


def _works():
    if os.geteuid() != 0:
        return False
    try:
        command = bubblewrap("/tmp") + [python(), "-I", "-S", "-c", "pass"]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def required(what):
    """Whether this machine is said to have it."""
    return what in _REQUIRED


# Where it is required the tests run, and say what does not work.
in_bubblewrap = unittest.skipUnless(required("bubblewrap") or _works(), "bubblewrap does not work here")
