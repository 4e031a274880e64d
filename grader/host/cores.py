"""A core for each grading: judge and student process take turns, so two cores for them gain nothing.

Waking a process on another core costs an interrupt between the two, and the woken process finds its data in the other
one's cache. On one core, each sleeps while the other works.
"""

from __future__ import annotations

import ctypes
import os
import socket

NAME = "course-grader-core"
"""How the claims begin; an abstract name, which goes with whoever holds it."""


def claim() -> socket.socket | None:
    """Bind this process to a core that no other grading on this machine has claimed: the present one, if possible.

    Returns:
        What holds the claim until it is closed or the process ends; None where there is no core to choose, or none
        left: then the process runs wherever the kernel puts it.
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
