"""The limits of a grading: interrupting the judge, counting time, and adding up the parts."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from grader.judge import limits

needs_timer = pytest.mark.skipif(not hasattr(__import__("signal"), "ITIMER_PROF"), reason="no such timer here")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")


@needs_timer
def test_work_without_end_is_interrupted_even_if_it_catches_everything() -> None:
    caught = 0
    started = time.process_time()
    with pytest.raises(limits.Overdue), limits.clock(0.2):
        while True:
            try:
                sum(range(1000))
            except Exception:
                caught += 1
    assert caught == 0 and 0.1 < time.process_time() - started < 5
    for _ in range(100_000):  # no alarm is left
        pass


@needs_timer
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_that_is_lost_comes_again() -> None:
    class Deaf:
        def __del__(self) -> None:
            started = time.process_time()
            while time.process_time() - started < 0.3:  # an exception in here is written to stderr and ignored
                pass

    with pytest.raises(limits.Overdue), limits.clock(0.1):
        Deaf()
        while True:
            pass


@needs_timer
def test_waiting_is_not_counted_as_work() -> None:
    with limits.clock(0.1):
        time.sleep(0.5)
    budget = limits.Budget()
    with budget.examining():
        time.sleep(0.2)
    assert budget.judge > limits.JUDGE_CPU_SECONDS - 0.1


@needs_timer
def test_what_is_used_in_one_check_is_missing_in_the_next() -> None:
    budget = limits.Budget(judge=0.4)
    with pytest.raises(limits.Overdue), budget.examining():
        while True:
            pass
    assert budget.used_up
    assert limits.Budget(student=0.0).used_up and not limits.Budget().used_up


def test_parts_add_up_to_two_minutes_at_most() -> None:
    assert limits.grading_seconds() <= 120
    assert limits.CHECK_CPU_SECONDS < limits.JUDGE_CPU_SECONDS
    assert limits.BACKSTOP_CPU_SECONDS > limits.JUDGE_CPU_SECONDS + limits.DIAGNOSIS_CPU_SECONDS + 10


SPIN = "import threading, time\nprint(flush=True)\nend = time.monotonic() + 60\nwhile time.monotonic() < end: pass\n"


@needs_linux
def test_time_in_the_queue_for_a_processor_is_not_the_students() -> None:
    """Several processes compete for one processor: each gets a part of the time, and one that sleeps gets all of it."""
    cpu = min(os.sched_getaffinity(0))
    command = [sys.executable, "-c", f"import os\nos.sched_setaffinity(0, {{{cpu}}})\n{SPIN}"]
    many = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    sleeper = subprocess.Popen(["sleep", "60"])
    try:
        for process in many:
            assert process.stdout is not None
            process.stdout.readline()
        started = time.monotonic()
        time.sleep(3)
        waited = time.monotonic() - started
        own = [limits.own_seconds(process.pid, waited) for process in many]
        assert min(own) < 0.8 * waited and all(0 < seconds <= waited for seconds in own)
        assert limits.own_seconds(sleeper.pid, waited) > 0.8 * waited
    finally:
        for process in (*many, sleeper):
            process.kill()
            process.communicate()
    assert limits.own_seconds(sleeper.pid, 3.0) == 3.0  # it has ended: all of it
