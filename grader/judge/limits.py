"""Limits the duration of a grading, whatever the student's file does: ``grading_seconds`` is the sum of the parts.

Two kinds of time are counted. Waiting for student processes is counted in elapsed seconds, less the time that they
spent waiting for a processor, so that no submission fails because of a busy machine. The judge's own work (reading an
answer, comparing, explaining) is counted in processor seconds, by a timer that interrupts it. Delays on a busy machine
are not part of the sum.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

if sys.platform != "win32":
    import resource

STUDENT_SECONDS = 60.0
"""Seconds of waiting for student processes in one grading."""
CHECK_CPU_SECONDS = 3.0
"""Seconds of the judge's own work in one check; the checks of the course take at most 0.1."""
JUDGE_CPU_SECONDS = 12.0
"""Seconds of the judge's own work in all checks of a grading."""
DIAGNOSIS_CPU_SECONDS = 18.0
START_SECONDS = 30.0
"""Seconds for compiling the file and preloading its imports."""
MEMORY_BYTES = 2**30
"""Bytes of memory of the judge beyond what it has when it starts."""
BACKSTOP_CPU_SECONDS = 150
"""Processor seconds after which the kernel ends a judge that no timer can interrupt because it runs outside Python."""
REPEAT_SECONDS = 0.5
LEAST_SECONDS = 0.25
"""Seconds left for the judge below which no further check is started; timers are not more precise than this."""

MAX_LEAK = 200
"""Characters of a text that comes from a process with substitutes."""


class Overdue(BaseException):
    """The judge's time for a piece of work is used up. Not an ``Exception``, so that no check can catch it."""


@dataclass
class Budget:
    """Remaining time of one grading."""

    student: float = STUDENT_SECONDS
    judge: float = JUDGE_CPU_SECONDS

    @property
    def used_up(self) -> bool:
        """True if no further check can be run."""
        return self.student <= 0 or self.judge <= LEAST_SECONDS

    @contextlib.contextmanager
    def examining(self) -> Iterator[None]:
        """Limit and count the judge's time in a block that examines an answer.

        Raises:
            Overdue: the block takes too long.
        """
        started = time.process_time()
        try:
            with clock(min(CHECK_CPU_SECONDS, max(self.judge, 0.1))):
                yield
        finally:
            self.judge -= time.process_time() - started


def grading_seconds() -> float:
    """Return the longest possible duration of a grading on a machine with a free processor."""
    return STUDENT_SECONDS + JUDGE_CPU_SECONDS + DIAGNOSIS_CPU_SECONDS + START_SECONDS


@contextlib.contextmanager
def clock(cpu_seconds: float) -> Iterator[None]:
    """Interrupt the block after ``cpu_seconds`` of processor time; waiting does not count.

    Without such a timer (on Windows, or outside the main thread), nothing is interrupted.

    Raises:
        Overdue: the block was interrupted.
    """
    if not hasattr(signal, "ITIMER_PROF"):
        yield
        return
    armed = True

    def ring(number: int, frame: FrameType | None) -> None:
        if armed:
            raise Overdue

    try:
        before = signal.signal(signal.SIGPROF, ring)
    except ValueError:  # not the main thread
        yield
        return
    try:
        # Repeatedly, because an exception raised in a destructor is lost.
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds, REPEAT_SECONDS)
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def limit_judge() -> None:
    """Limit the memory and processor time of this process, which must be a judge only."""
    if sys.platform != "linux":
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        data = int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    for which, soft in ((resource.RLIMIT_DATA, data + MEMORY_BYTES), (resource.RLIMIT_CPU, BACKSTOP_CPU_SECONDS)):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


@dataclass(frozen=True)
class Clocks:
    """Times of a process that the kernel has counted so far, in seconds."""

    queued: float = 0.0
    """Time that it was ready to run, but had no processor."""
    computed: float = 0.0
    """Processor time of all its threads."""


def clocks(pid: int) -> Clocks | None:
    """Read a process's clocks; None if it is gone, or the kernel does not count."""
    try:
        with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
            queued = int(file.read().split()[1]) / 1e9
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return Clocks(queued, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
    except (OSError, IndexError, ValueError):
        return None


def own_seconds(
    pid: int,
    waited: float,
    before: Clocks | None = Clocks(),  # noqa: B008  # it is frozen
    least: float = 0.2,
) -> float:
    """Return the time waited for a process, less its time in the run queue.

    Processor time of all its threads counts, too; otherwise, a process with many threads could hide its time.

    Args:
        pid: the process; 0 if unknown.
        waited: seconds waited for it.
        before: its clocks when the waiting began; None if unknown.
        least: seconds of waiting below which the clocks are not read.
    """
    if waited < least or not pid or before is None or (now := clocks(pid)) is None:
        return waited
    return min(waited, max(waited - (now.queued - before.queued), now.computed - before.computed))
