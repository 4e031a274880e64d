"""Measuring tools of the benchmarks."""

import os
import subprocess
import sys

import pytest

from scripts import bench

BUSY = "import time\nwhile time.process_time() < 0.5: pass"
WAITED_FOR = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}]); print(flush=True); input()"
"""A process that is still running, and whose child has used half a second."""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="reads /proc")
def test_processor_time_includes_what_a_living_process_has_waited_for():
    before = bench.processor_seconds()
    with subprocess.Popen([sys.executable, "-c", WAITED_FOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout.readline() == b"\n"
        while_it_lives = bench.processor_seconds() - before
        server.communicate(b"\n")
    assert while_it_lives >= 0.5
    assert bench.processor_seconds() - before >= 0.5


def told(*lines):
    return [sys.executable, "-c", f"for line in {lines!r}: print(line)"]


def test_the_start_of_a_training_ends_with_the_line_about_its_second_step():
    assert 0 < bench.second_step(told("lora on cpu", "step 2 of 3  loss 0.69", "step 3 of 3  loss 0.69")) < 60
    with pytest.raises(SystemExit, match="no second step in: .lora on cpu"):
        bench.second_step(told("lora on cpu", "step 3 of 3  loss 0.69"))


def test_what_hostile_files_change_is_counted_without_them():
    clean = {"a": bench.Graded(5, 1.0, 2.0), "b": bench.Graded(3, 2.0, 4.0)}
    mixed = {**clean, "b": bench.Graded(2, 3.0, 9.0), "b-hostile0": bench.Graded(0, 90.0, 95.0)}
    rows = list(bench.told_of_hostile(clean, mixed, 2))
    told = {key: value for row in rows for key, value in row.items() if key not in ("what", "value", "limit")}
    assert told == {
        "changed": 1, "each_alone": 1.5, "each": 2.0, "last_alone": 4.0, "last": 9.0, "run_alone": 4.0, "run": 95.0,
        "longest": 90.0,
    }  # fmt: skip
    assert all(row["what"].startswith("class of 2 and 1 hostile, 2 jobs: ") for row in rows)
    assert "9.0 s, without hostile files 4.0 s" in bench.table(rows)
