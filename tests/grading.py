"""Helpers for tests that grade files: one grader process, many gradings, and checks of what these leave behind.

    graded = host.grade(tmp_path / "lora.py", only=["lora_report"])
    assert graded.status == "passed"

The grader gets its own home, temporary folder and current folder, so that it has made whatever appears there, and a
token on its command line and in its environment, by which its processes are recognised.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import queue
import secrets
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from valid import valid

from course.compat import module_command
from course.errors import GraderFault
from course.grader import LAST, Asked, Grader

REPOSITORY = Path(__file__).resolve().parents[1]
REFERENCE = REPOSITORY / "solutions" / "lora.py"
PATIENCE_SECONDS = 300.0
"""Time limit of a grading, after which it is considered hung, however busy the machine is."""


@dataclasses.dataclass
class Graded:
    """The answer to one request."""

    events: list[dict[str, Any]]

    @property
    def result(self) -> dict[str, Any]:
        """The result object; the test fails if there is a fault in its place."""
        last = self.events[-1]
        assert last["event"] == "result", last
        result: dict[str, Any] = last["result"]
        return result

    @property
    def fault(self) -> str | None:
        """The grader's message about its own failure, if it failed."""
        last = self.events[-1]
        return str(last["message"]) if last["event"] == "fault" else None

    @property
    def status(self) -> str:
        """The overall status."""
        return str(self.result["status"])

    @property
    def message(self) -> str:
        """The message about the whole file."""
        return str(self.result["message"])

    @property
    def points(self) -> int:
        """Points earned."""
        return int(self.result["points"])

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """Check id -> the outcome of the check."""
        return {check["id"]: check for check in self.result["checks"]}

    @property
    def statuses(self) -> set[str]:
        """The statuses that occur among the checks."""
        return {str(check["status"]) for check in self.checks.values()}

    @property
    def text(self) -> str:
        """The whole text that the student can read."""
        return json.dumps(self.events, ensure_ascii=False)


class Host(Grader):
    """One grader process, started as in the product, except for its folders and a token.

    Args:
        folder: an empty folder for this grader alone.
        command: words before the grader's command, for example to run it as another user.
        arguments: the grader's own arguments.
    """

    def __init__(self, folder: Path, command: Sequence[str] = (), arguments: Sequence[str] = ()) -> None:
        self.token = secrets.token_hex(8)
        self.home, self.temporary, self.current = (folder / name for name in ("home", "tmp", "here"))
        for path in (self.home, self.temporary, self.current):
            path.mkdir()
        for name in ("torch.py", "json.py", "grader.py", "conftest.py", "sitecustomize.py"):  # a learner can have these
            (self.current / name).write_text("raise SystemExit('a file of the current folder was imported')\n")
        environ = {
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HF_HUB_OFFLINE": "1",
            "COURSE_TEST_TOKEN": self.token,
            "PYTEST_ADDOPTS": "--exitfirst",  # a user's own setting, which must not affect the judge
        }
        whole = [*command, *module_command("grader", "-X", f"token={self.token}"), *arguments]
        super().__init__(whole, environ=environ, folder=self.current)

    def grade(self, file: Path | str, **options: Any) -> Graded:  # type: ignore[override]
        """Grade one file and wait for the result; ``options`` are added to the request."""
        return self.finish(self.start(file, **options))

    def start(self, file: Path | str, **options: Any) -> Asked:
        """Start a grading; several can run at once."""
        return self.ask({"exercise": "lora", "file": str(file), **options})

    def finish(self, asked: Asked) -> Graded:
        """Wait for the last event of a grading."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        events: list[dict[str, Any]] = []
        while not events or events[-1]["event"] not in LAST:
            try:
                events.append(asked.next(max(0.0, deadline - time.monotonic())))
            except queue.Empty:
                pytest.fail(f"no result after {PATIENCE_SECONDS} s: {self.complaints()}")
            except GraderFault as fault:
                pytest.fail(fault.message)
        if events[-1]["event"] == "result":
            valid(events[-1]["result"])
        return Graded(events)

    def raw(self, line: bytes) -> dict[str, Any]:
        """Send one line unchanged; return the event that answers it, whichever id it has."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.strays.get_nowait()
        self.write(line)
        return self.strays.get(timeout=PATIENCE_SECONDS)

    def complaints(self) -> str:
        """Return what the grader has written to standard error."""
        return self.stderr()

    def close(self) -> int:
        """Close the grader's standard input, wait for its end, and kill it if necessary. Return the exit code."""
        assert self.process.stdout is not None
        self.hang_up()
        try:
            code = self.process.wait(PATIENCE_SECONDS / 5)
        finally:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
            self.__exit__()  # also ends the thread that reads its output
        return code

    def processes(self) -> dict[int, str]:
        """Return all live processes with our token, and their descendants: pid -> parent and command line."""
        found: dict[int, str] = {}
        parents: dict[int, int] = {}
        for entry in os.listdir("/proc"):
            if entry.isdecimal():
                try:
                    stat = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
                    words = Path("/proc", entry, "cmdline").read_bytes() + Path("/proc", entry, "environ").read_bytes()
                except OSError:
                    continue  # the process has just ended, or belongs to another user
                parents[int(entry)] = int(stat[1])
                if self.token.encode() in words and stat[0] not in "ZX":
                    found[int(entry)] = f"child of {stat[1]}: {words[:120]!r}"
        for pid in parents:
            ancestor = pid
            while ancestor in parents and ancestor != self.process.pid:
                ancestor = parents[ancestor]
            if ancestor == self.process.pid:
                found.setdefault(pid, f"child of {parents[pid]}")
        return found

    def scratches(self) -> list[Path]:
        """Return everything in the grader's temporary folder, except the servers' own folders and torch's."""
        left, waiting = [], [self.temporary]
        while waiting:
            for path in waiting.pop().iterdir():
                if path.name.startswith("course-grader-"):
                    waiting.append(path)
                elif not path.name.startswith("torchinductor_"):
                    left.append(path)
        return left


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Start a grader for all tests; it must stay usable, whatever they request."""
    host = Host(tmp_path_factory.mktemp("grader"))
    yield host
    code = host.close()
    assert code == 0, host.complaints()
