"""If the grader cannot fork, or has no sandbox, it spawns student processes: slower, less safe, and with a notice.

``--spawn`` does that on Linux too, so that it is tested where the tests run.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from grading import PATIENCE_SECONDS, REFERENCE, Graded, Host
from sample import thorough

from grader.student import sandbox

ATTACKS = Path(__file__).parent / "attacks"
BEST, _ = sandbox.available()
LEVELS = [level for level in sandbox.LEVELS if sandbox.LEVELS.index(level) >= sandbox.LEVELS.index(BEST)]
ONE = "lora_report.problem2"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all tests of the grader are tests of this")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Start a grader without forking."""
    host = Host(tmp_path_factory.mktemp("spawning"), arguments=["--spawn"])
    yield host
    assert host.close() == 0, host.complaints()


def spawned(host: Host, file: Path, level: str, only: str = ONE) -> Graded:
    graded = host.grade(file, only=[only], sandbox=level)
    assert graded.result["sandbox"] == level
    return graded


def left(host: Host, known: set[int]) -> dict[int, str]:
    """Return the processes and folders that still exist after some time."""
    deadline = time.monotonic() + PATIENCE_SECONDS / 10
    while time.monotonic() < deadline:
        processes = {pid: what for pid, what in host.processes().items() if pid not in known}
        if not processes and not host.scratches():
            break
        time.sleep(0.05)
    return processes


def test_what_is_kept_between_calls_is_told(host: Host, tmp_path: Path) -> None:
    source = (REFERENCE.parent / "evaluation.py").read_text(encoding="utf-8")
    known = "    return matrix\n"
    assert source.count(known) == 1
    kept = "    matrix[0, n_classes - 1] += len(CALLS)\n    CALLS.append(1)\n" + known
    (tmp_path / "evaluation.py").write_text(source.replace(known, kept) + "\n\nCALLS = []\n", encoding="utf-8")
    graded = host.grade(tmp_path / "evaluation.py", exercise="evaluation", only=["confusion.rows_are_true"])
    assert graded.checks["confusion.rows_are_true"]["explanation"]["id"] == "kept-from-call-to-call"
    assert host.grade(REFERENCE, only=[ONE]).status == "passed"


@pytest.mark.parametrize("level", LEVELS)
def test_reference_gets_full_points_and_the_level_is_stated(host: Host, level: str) -> None:
    graded = spawned(host, REFERENCE, level, "lora_report")
    assert (graded.status, graded.points) == ("passed", graded.result["max_points"])
    assert graded.events[0]["sandbox"] == level


@pytest.mark.parametrize("level", LEVELS)
def test_crash_is_reported_and_the_next_check_gets_another_process(host: Host, tmp_path: Path, level: str) -> None:
    file = tmp_path / "lora.py"
    file.write_text(
        "import os\n\n\ndef peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, **sizes):\n"
        "    return n_layers * n_matrices * r * 2 * d\n\n\ndef lora_report(*args, **kwargs):\n    os._exit(7)\n"
    )
    graded = host.grade(file, only=[ONE, "peft_param_count.lora"], sandbox=level)
    assert graded.checks[ONE]["status"] == "crashed" and "exit code 7" in graded.checks[ONE]["message"]
    assert graded.checks["peft_param_count.lora"]["status"] == "passed"


def test_timeout_is_reported_and_nothing_goes_on(host: Host) -> None:
    known = set(host.processes())
    graded = spawned(host, ATTACKS / "loop_ignoring_signals.py", "limits" if "limits" in LEVELS else "none")
    assert (graded.points, graded.statuses) == (0, {"timeout"})
    assert left(host, known) == {}


@pytest.mark.skipif("limits" not in LEVELS, reason="no resource limits on this platform")
def test_limits_hold(host: Host) -> None:
    assert spawned(host, ATTACKS / "memory_list.py", "limits").statuses == {"out_of_memory"}


def test_too_much_on_disk_is_reported(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "lora.py"
    file.write_text(
        "def lora_report(*args, **kwargs):\n    for number in range(3):\n"
        "        open(f'block{number}', 'wb').write(bytes(2**25))\n    return {}\n"
    )
    graded = spawned(host, file, "none")
    assert graded.statuses == {"crashed"} and "more to disk" in graded.checks[ONE]["message"]


def test_what_a_process_has_started_ends_with_it(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "lora.py"
    file.write_text(
        "import os\nimport time\n\n\ndef lora_report(*args, **kwargs):\n    if os.fork() == 0:\n"
        "        os.closerange(0, 256)\n        time.sleep(1000)\n    print('forked', flush=True)\n    os._exit(0)\n"
    )
    known = set(host.processes())
    graded = spawned(host, file, "none")
    assert graded.statuses == {"crashed"} and "forked" in graded.checks[ONE]["stdout"]
    assert left(host, known) == {}


@thorough
def test_folders_are_removed_whatever_is_in_them(host: Host, tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    keep.mkdir()
    (keep / "file").write_text("x")
    keep.chmod(0o555)
    file = tmp_path / "lora.py"
    shutil.copyfile(ATTACKS / "deep_folders.py", file)
    source = file.read_text().replace("range(3000)", "range(1500)")
    source += f"""

try:
    os.symlink({str(keep)!r}, "link")
    os.mkdir("closed")
    os.symlink({str(keep)!r}, "closed/link")
    os.chmod("closed", 0)
except OSError:
    pass
"""
    file.write_text(source)
    known = set(host.processes())
    assert spawned(host, file, "none").points == 0
    assert left(host, known) == {} and host.scratches() == []
    assert os.listdir(keep) == ["file"] and keep.stat().st_mode & 0o777 == 0o555


def test_environment_is_not_handed_on(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "lora.py"
    file.write_text("import os\n\n\ndef lora_report(*args, **kwargs):\n    print(sorted(os.environ))\n    return {}\n")
    stdout = spawned(host, file, "none").checks[ONE]["stdout"]
    assert "PATH" in stdout and "COURSE_TEST_TOKEN" not in stdout


@pytest.mark.skipif(BEST != "full", reason="no full sandbox here")
def test_full_is_full_here_too(host: Host) -> None:
    graded = spawned(host, ATTACKS / "read_files.py", "full")
    assert graded.points == 0 and "FOUND" not in graded.text


@pytest.mark.parametrize("name", ["read_files", "import_ours"])
def test_attack_does_find_something_where_there_is_no_sandbox(host: Host, name: str) -> None:
    """Otherwise finding nothing elsewhere would prove nothing."""
    graded = spawned(host, ATTACKS / f"{name}.py", "none")
    assert graded.points == 0 and "FOUND" in graded.checks[ONE]["stdout"]


def test_a_level_that_cannot_be_reached_is_a_fault(host: Host) -> None:
    if BEST == "full":
        pytest.skip("every level can be reached here")
    assert "cannot be reached" in str(host.grade(REFERENCE, sandbox="full").fault)


@thorough
def test_a_loop_is_named(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def peft_param_count(*args, **kwargs):\n    while True:\n        pass\n", encoding="utf-8")
    graded = host.grade(path, only=["peft_param_count.lora"], sandbox="none")
    (check,) = graded.checks.values()
    assert check["status"] == "timeout" and check["explanation"]["kind"] == "loop"
    assert re.search(r"in line [23] \(`(while True:|pass)`\)", check["message"])
