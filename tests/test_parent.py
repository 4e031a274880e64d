"""A recipe ends with the command that started it, even after a kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from course import parent

ROOT = Path(__file__).resolve().parents[1]
CHILD = """
import os, signal, sys, time
from course import parent
parent.follow()
assert parent.VARIABLE not in os.environ, "the processes that it starts itself have another parent"
if sys.argv[1] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(60)
"""
BETWEEN = """
import os, subprocess, sys, time
from course import parent
named = {"own": str(os.getpid()), "other": "1", "none": ""}[sys.argv[2]]
subprocess.Popen([sys.executable, "-c", sys.argv[3], sys.argv[1]], env=os.environ | {parent.VARIABLE: named})
time.sleep(60)
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")


def started(how: str, named: str) -> tuple[subprocess.Popen[str], int]:
    """Return a process, and the number of the process that it has started."""
    command = [sys.executable, "-c", BETWEEN, how, named, CHILD]
    between = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert between.stdout is not None
    with between.stdout as said:
        return between, int(said.readline())


def ended(process: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{process}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", ["polite", "stubborn"])
def test_it_ends_when_its_parent_was_killed(how: str) -> None:
    between, child = started(how, "own")
    between.kill()
    between.wait()
    assert ended(child, parent.INTERVAL + parent.MERCY + 20)


@pytest.mark.parametrize("named", ["other", "none"])
def test_without_a_parent_of_ours_it_stays(named: str) -> None:
    between, child = started("polite", named)
    try:
        between.kill()
        between.wait()
        assert not ended(child, 3 * parent.INTERVAL)
    finally:
        os.kill(child, signal.SIGKILL)
