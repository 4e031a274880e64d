"""Huge pages for a process that is forked again and again.

A fork copies an entry for each page in use, and a process that has imported torch uses forty thousand pages of its
own. In huge pages of two megabytes there is next to nothing to copy, and next to nothing to take down when the child
ends.
"""

from __future__ import annotations

import ctypes

_HUGE = 2 * 2**20
_MADV_COLLAPSE = 25


def collapse() -> int:
    """Put this process's own writable memory into huge pages, as far as whole ones fit.

    Returns:
        How many huge pages it lies in now; 0 where the kernel cannot do it (Linux before 6.1).
    """
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    done = 0
    for start, end in _anonymous():
        for address in range(-(-start // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE):
            done += libc.madvise(address, _HUGE, _MADV_COLLAPSE) == 0
    return done


def _anonymous() -> list[tuple[int, int]]:
    """Private writable mappings without a file: what malloc and Python's own allocator live on."""
    found = []
    with open("/proc/self/maps", encoding="ascii", errors="replace") as file:
        for line in file:
            addresses, rights, _, _, inode, *name = line.split(maxsplit=5)
            if rights == "rw-p" and inode == "0" and not (name and name[0].startswith("[stack")):
                start, end = (int(part, 16) for part in addresses.split("-"))
                found.append((start, end))
    return found
