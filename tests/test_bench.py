"""What the benchmarks measure with."""

import os
import subprocess
import sys

import pytest

from scripts import bench

BUSY = "import time\nwhile time.process_time() < 0.5: pass"
WAITED_FOR = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}]); print(flush=True); input()"
"""A process whose child has used half a second, and which lives on."""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="reads /proc")
def test_processor_time_includes_what_a_living_process_has_waited_for():
    before = bench.processor_seconds()
    with subprocess.Popen([sys.executable, "-c", WAITED_FOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout.readline() == b"\n"
        while_it_lives = bench.processor_seconds() - before
        server.communicate(b"\n")
    assert while_it_lives >= 0.5
    assert bench.processor_seconds() - before >= 0.5
