"""Removes files without trusting their names, depth or number. Runs as the uid whose files they are."""
import collections
import os
import re
import stat
import time

_MOST_ENTRIES = 200000
_MOST_SCANNED_FOLDERS = 100000
_MOST_FOLDERS = 256
_SCAN_SECONDS = 10
KNOWN_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock")
_NOT_SCANNED = {"/proc", "/sys"}


class Sweeper:
    """Goes down with chdir, so depth costs nothing; `clean` turns False when something is left."""

    def __init__(self, deadline, most_entries=_MOST_ENTRIES):
        self._deadline = deadline
        self._most_entries = most_entries
        self._entries = 0
        self.clean = True
        self.why = None

    def _fail(self, why):
        self.clean = False
        self.why = self.why or str(why)

    def _in_time(self):
        self._entries += 1
        if self._entries > self._most_entries or time.monotonic() > self._deadline:
            self._fail("too many files to remove in time")
            return False
        return True

    def empty(self, folder):
        """Removes what is in `folder`, not the folder itself."""
        try:
            os.chmod(folder, 0o700)
            _enter(folder)
        except FileNotFoundError:
            return
        except OSError as failure:
            return self._fail(failure)
        names = []  # the way back up: folders on the way down from `folder`
        while True:
            child = self._remove_entries()
            if child is not None:
                _enter(child)
                names.append(child)
            elif not self.clean or not names:
                break
            else:
                os.chdir("..")
                name = names.pop()
                try:
                    os.rmdir(name)
                except OSError as failure:
                    self._fail(failure)
                    break
        os.chdir("/")

    def _remove_entries(self):
        """Removes what can be removed here; returns a folder to go into, or None."""
        with os.scandir(".") as entries:
            for entry in entries:
                if not self._in_time():
                    return None
                try:
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.name)
                        continue
                    os.chmod(entry.name, 0o700)
                    try:
                        os.rmdir(entry.name)
                    except OSError:
                        return entry.name
                except FileNotFoundError:
                    continue
                except OSError as failure:
                    self._fail(failure)
                    return None
        return None

    def sweep(self, folders, uid, first_uid):
        """Removes what `uid` left in folders that every user can write to."""
        todo = list(folders)
        while todo and self.clean:
            folder = todo.pop()
            try:
                with os.scandir(folder) as entries:
                    found = [(entry.path, entry.stat(follow_symlinks=False)) for entry in _present(entries)]
            except OSError:
                continue  # not there, or not readable for the uid
            for path, status in found:
                if not self._in_time():
                    return
                if status.st_uid == uid:
                    self._remove(path, status)
                elif stat.S_ISDIR(status.st_mode) and status.st_uid >= first_uid:
                    todo.append(path)  # another session's folder, which it may have opened to all

    def _remove(self, path, status):
        try:
            if stat.S_ISDIR(status.st_mode):
                self.empty(path)
                os.rmdir(path)
            else:
                os.unlink(path)
        except FileNotFoundError:
            pass
        except OSError as failure:
            self._fail(failure)


def _present(entries):
    for entry in entries:
        try:
            entry.stat(follow_symlinks=False)
        except OSError:
            continue
        yield entry


def _enter(folder):
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchdir(fd)
    finally:
        os.close(fd)


def writable_folders(work_dir, first_uid):
    """(folders in which this process could leave files, besides its own; whether these are all): bounded."""
    end = time.monotonic() + _SCAN_SECONDS
    found = [folder for folder in KNOWN_FOLDERS if os.access(folder, os.W_OK, effective_ids=True)]
    mounts = _mounts()
    todo, scanned = collections.deque(["/"] + [path for path in mounts if path != "/"]), 0
    while todo and scanned < _MOST_SCANNED_FOLDERS and len(found) < _MOST_FOLDERS and time.monotonic() < end:
        folder = todo.popleft()
        scanned += 1
        if folder in _NOT_SCANNED or folder == work_dir or mounts.get(folder):
            continue  # what is mounted below a read-only mount is in the list by itself
        try:
            if os.access(folder, os.W_OK, effective_ids=True):
                if os.stat(folder).st_uid >= first_uid:
                    continue  # a session's own, which goes with it
                if folder not in found:
                    found.append(folder)
            with os.scandir(folder) as entries:
                names = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:
            continue
        todo.extend(name for name in names if name not in mounts)
    return found, not todo


def _mounts():
    """{mount point: whether nobody can write to it}."""
    found = {}
    try:
        with open("/proc/self/mountinfo", "rb") as lines:
            for line in lines:
                fields, _, rest = line.partition(b" - ")
                path, options = fields.split()[4:6]
                path = os.fsdecode(re.sub(rb"\\([0-7]{3})", lambda code: bytes([int(code[1], 8)]), path))
                found[path] = b"ro" in options.split(b",") or b"ro" in rest.split()[2].split(b",")
    except (OSError, ValueError, IndexError):
        return {}
    return {path: closed for path, closed in found.items() if not path.startswith(("/proc/", "/sys/"))}
