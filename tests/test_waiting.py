"""Threads that wait inside torch sleep beside other work, and spin for a moment where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from course import environment
from solutions.recipes import waiting
from solutions.recipes.compare import running
from solutions.recipes.compare.store import Cell
from solutions.recipes.config import FineTune

ROOT = Path(__file__).resolve().parents[1]
IDLE, BUSY = "0.00 0.01 0.05 1/90 123", "0.00 0.01 0.05 3/90 123"


@pytest.mark.parametrize(
    ("own", "jobs", "machine", "want"),
    [
        ({}, 1, IDLE, {"GOMP_SPINCOUNT": "10000"}),
        ({}, 1, BUSY, {"OMP_WAIT_POLICY": "PASSIVE"}),
        ({}, 2, IDLE, {"OMP_WAIT_POLICY": "PASSIVE"}),
        ({}, 1, "no such file", {"OMP_WAIT_POLICY": "PASSIVE"}),
        ({}, 1, "another format", {"OMP_WAIT_POLICY": "PASSIVE"}),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, 1, BUSY, {}),
        ({"GOMP_SPINCOUNT": "100"}, 1, BUSY, {}),
        ({"KMP_BLOCKTIME": "1"}, 1, BUSY, {}),
    ],
)
def test_waiting_threads_sleep_beside_other_work_unless_the_user_wants_otherwise(
    own, jobs, machine, want, monkeypatch, tmp_path
):
    load = tmp_path / "loadavg"
    if machine != "no such file":
        load.write_text(machine)
    monkeypatch.setattr(waiting, "alone", partial(waiting.alone, load))
    assert waiting.choice(own, jobs) == want


@pytest.mark.skipif(not waiting.RUNNING.exists(), reason="only Linux says how many threads are running")
def test_other_work_on_the_machine_is_noticed():
    with ExitStack() as stack:
        for _ in range(2):
            child = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(child.kill)
        assert not waiting.alone()


@pytest.mark.parametrize(
    ("own", "want"),
    [({}, {"GOMP_SPINCOUNT=10000", "OMP_WAIT_POLICY=PASSIVE"}), ({"KMP_BLOCKTIME": "1"}, {"KMP_BLOCKTIME=1"})],
)
def test_a_recipe_decides_before_torch_is_loaded_whether_waiting_threads_sleep(own, want):
    program = (
        "import runpy, sys; sys.argv = ['recipes', '--help']\n"
        "try: runpy.run_module('solutions.recipes', run_name='__main__')\n"
        "except SystemExit: assert 'torch' not in sys.modules\n"
        "import os; print([f'{name}={os.environ[name]}' for name in "
        f"{environment.SPINNING!r} if name in os.environ][0])"
    )
    environ = {name: value for name, value in os.environ.items() if name not in environment.SPINNING} | own
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] in want


def test_waiting_threads_of_the_grader_sleep_unless_the_user_wants_otherwise(monkeypatch):
    assert environment.SPINNING == waiting.NAMES
    for name in environment.SPINNING:
        monkeypatch.delenv(name, raising=False)
    assert environment.of_grader()["OMP_WAIT_POLICY"] == "PASSIVE"
    assert not set(environment.SPINNING) & environment.of_recipe().keys()  # it decides for itself
    monkeypatch.setenv("GOMP_SPINCOUNT", "100")
    assert environment.of_grader()["GOMP_SPINCOUNT"] == "100" and "OMP_WAIT_POLICY" not in environment.of_grader()


def test_processes_that_run_side_by_side_let_waiting_threads_sleep(monkeypatch):
    """Whatever was chosen for the process that starts them; but what the user has set stays."""
    cell = Cell("finetune", FineTune())
    for name in environment.SPINNING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOMP_SPINCOUNT", "10000")
    monkeypatch.setattr(waiting, "OURS", {"GOMP_SPINCOUNT": "10000"})
    started = running.environment(cell, running.Runner(threads=1, jobs=2))
    assert started["OMP_WAIT_POLICY"] == "PASSIVE" and "GOMP_SPINCOUNT" not in started
    monkeypatch.setattr(waiting, "OURS", {})
    started = running.environment(cell, running.Runner(threads=1, jobs=2))
    assert started["GOMP_SPINCOUNT"] == "10000" and "OMP_WAIT_POLICY" not in started
