"""Huge pages for a process that is forked many times.

A fork copies an entry for each page in use, and a process that has imported torch uses forty thousand pages of its
own. With huge pages of two megabytes, there is almost nothing to copy, and almost nothing to release when the child
ends.
"""

from __future__ import annotations

import ctypes

_HUGE = 2 * 2**20
_MADV_COLLAPSE = 25


def collapse() -> int:
    """Move this process's own writable memory into huge pages, wherever a whole one fits.

    Returns:
        The number of huge pages in use; 0 if the kernel does not support this (Linux before 6.1).
    """
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    done = 0
    for start, end in _anonymous():
        for address in range(-(-start // _HUGE) * _HUGE, end - _HUGE + 1, _HUGE):
            done += libc.madvise(address, _HUGE, _MADV_COLLAPSE) == 0
    return done


def _anonymous() -> list[tuple[int, int]]:
    """Return the private writable mappings without a file, which malloc and Python's allocator use."""
    found = []
    with open("/proc/self/maps", encoding="ascii", errors="replace") as file:
        for line in file:
            addresses, rights, _, _, inode, *name = line.split(maxsplit=5)
            if rights == "rw-p" and inode == "0" and not (name and name[0].startswith("[stack")):
                start, end = (int(part, 16) for part in addresses.split("-"))
                found.append((start, end))
    return found
