"""How long a grading may take, whatever the student's file does: the parts add up to ``Limits.grading_seconds``.

Two kinds of time are counted. Waiting for the student's processes is counted by the clock on the wall, less what they
spent in the queue for a processor, so that a busy machine fails nobody. The judge's own work (walking through an
answer, comparing, explaining) is counted in processor seconds, by a timer that interrupts it. What a busy machine adds
to either is not part of the sum.
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
"""Of waiting for the student's processes, in one grading."""
CHECK_CPU_SECONDS = 3.0
"""Of the judge's own work in one check; those of the course take 0.1 at most."""
JUDGE_CPU_SECONDS = 12.0
"""The same in all checks of a grading."""
DIAGNOSIS_CPU_SECONDS = 18.0
START_SECONDS = 30.0
"""For compiling the file and importing, once, what it imports."""
MEMORY_BYTES = 2**30
"""Of the judge, beyond what it has when it begins."""
BACKSTOP_CPU_SECONDS = 150
"""A judge that no timer can interrupt, because it computes outside Python, is ended by the kernel."""
REPEAT_SECONDS = 0.5
LEAST_SECONDS = 0.25
"""Of the judge: with less, no check is begun. Timers are no more exact than that."""

MAX_LEAK = 200
"""Of texts that a process has shaped in which a substitute from the reference lies."""


class Overdue(BaseException):
    """The judge's time for this piece of work is used up. No check may catch it, hence no ``Exception``."""


@dataclass
class Budget:
    """What is left of one grading."""

    student: float = STUDENT_SECONDS
    judge: float = JUDGE_CPU_SECONDS

    @property
    def used_up(self) -> bool:
        """Whether no further check can be run."""
        return self.student <= 0 or self.judge <= LEAST_SECONDS

    @contextlib.contextmanager
    def examining(self) -> Iterator[None]:
        """A block in which the judge works on what a student returned.

        Raises:
            Overdue: it takes longer than it may.
        """
        started = time.process_time()
        try:
            with clock(min(CHECK_CPU_SECONDS, max(self.judge, 0.1))):
                yield
        finally:
            self.judge -= time.process_time() - started


def grading_seconds() -> float:
    """The longest that a grading can take, on a machine that has a processor to spare."""
    return STUDENT_SECONDS + JUDGE_CPU_SECONDS + DIAGNOSIS_CPU_SECONDS + START_SECONDS


@contextlib.contextmanager
def clock(cpu_seconds: float) -> Iterator[None]:
    """Interrupt the block once this process has computed for so long; waiting does not count.

    Where there is no such timer (Windows, or outside the main thread) nothing is interrupted.

    Raises:
        Overdue: it was interrupted.
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
        # Again and again: an exception that is raised in a destructor is lost.
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds, REPEAT_SECONDS)
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def limit_judge() -> None:
    """Give this process, which is a judge and nothing else, a limit of memory and of processor time."""
    if sys.platform != "linux":
        return
    with open("/proc/self/statm", encoding="ascii") as file:
        data = int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    for which, soft in ((resource.RLIMIT_DATA, data + MEMORY_BYTES), (resource.RLIMIT_CPU, BACKSTOP_CPU_SECONDS)):
        _, hard = resource.getrlimit(which)
        resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


@dataclass(frozen=True)
class Clocks:
    """What the kernel has counted of a process so far, in seconds."""

    queued: float = 0.0
    """It could have run, and had no processor."""
    computed: float = 0.0
    """In all its threads."""


def clocks(pid: int) -> Clocks | None:
    """What a process's clocks show; None if it is gone, or the kernel does not count."""
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
    """How much of the time that was waited for a process it had to itself: less what it stood in the run queue.

    What its other threads computed meanwhile counts too, or a crowd of them would make the time stand still.

    Args:
        pid: of the process; 0 where it is not known.
        waited: seconds.
        before: what its clocks showed when the waiting began; None if that is not known.
        least: seconds of waiting below which the clocks are not looked at.
    """
    if waited < least or not pid or before is None or (now := clocks(pid)) is None:
        return waited
    return min(waited, max(waited - (now.queued - before.queued), now.computed - before.computed))
