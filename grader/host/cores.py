"""Gives each grading one core: judge and student process take turns, so a second core would gain nothing.

Waking a process on another core costs an interrupt, and the data of the woken process are in the other core's cache. On
one core, each sleeps while the other works.
"""

from __future__ import annotations

import ctypes
import os
import socket

NAME = "course-grader-core"
"""Prefix of the claims' names; these are abstract socket names, which disappear with the process that holds them."""


def claim() -> socket.socket | None:
    """Bind this process to a core that no other grading on this machine has claimed: the present one, if possible.

    Returns:
        A socket that holds the claim until it is closed or the process ends. None if there is no choice of cores or
        all are claimed: then the kernel decides where the process runs.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    allowed = os.sched_getaffinity(0)
    if len(allowed) < 2:
        return None
    present = ctypes.CDLL(None).sched_getcpu()
    for core in sorted(allowed, key=lambda core: (core != present, core)):
        held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            held.bind(f"\0{NAME}-{core}")
            os.sched_setaffinity(0, {core})
        except OSError:  # taken, or no longer allowed
            held.close()
        else:
            return held
    return None
