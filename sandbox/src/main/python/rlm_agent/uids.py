"""Which uids the sessions of this agent get: a block that no other agent of the machine uses.

Ending a session kills every process of its uid that can be seen, so two agents must never share one.
"""
import os
import random
import socket

_BLOCK = 1 << 16
# Above what container managers give away, below 2**31, which some file systems and programs cannot hold.
_BLOCKS = range(1900000000, (1 << 31) - _BLOCK, _BLOCK)
_TRIES = 32


class UidBlock:
    """Uids from `first` up to `end`; the block is held until the agent ends."""

    def __init__(self, first, end, lock=None):
        self.first = first
        self.end = end
        self._lock = lock

    def __contains__(self, uid):
        return self.first <= uid < self.end


def choose(first):
    """The block that starts at `first`, or, when that is None, one of the agent's own choice."""
    if os.geteuid() != 0:
        return UidBlock(0, 0)
    mapped = _mapped()
    if first is not None:
        return UidBlock(first, mapped)
    if mapped < _BLOCKS[-1] + _BLOCK:  # a container with few uids of its own
        return UidBlock(20000, mapped)
    dice = random.SystemRandom()
    taken = _uids_in_use()
    for _ in range(_TRIES):
        start = dice.choice(_BLOCKS)
        # Seen by every process of the same network, which agents that see each other's processes share.
        lock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            lock.bind("\0rlm-agent-uids-%d" % start)
        except OSError:
            lock.close()
            continue
        if not any(start <= uid < start + _BLOCK for uid in taken):
            return UidBlock(start, start + _BLOCK, lock)
        lock.close()
    raise OSError("no free block of uids was found")


def _mapped():
    """Uids from here on do not exist in this user namespace."""
    try:
        with open("/proc/self/uid_map") as lines:
            ranges = [[int(field) for field in line.split()] for line in lines]
        return max(start + count for start, _, count in ranges)
    except (OSError, ValueError):
        return 65535


def _uids_in_use():
    found = set()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found.add(os.stat("/proc/" + name).st_uid)
            except OSError:
                continue
    return found
