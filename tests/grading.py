"""For tests that grade files: one grader process, many gradings, and a look at what they leave behind.

    graded = host.grade(tmp_path / "lora.py", only=["lora_report"])
    assert graded.status == "passed"

The grader gets a home, a temporary folder and a current folder of its own, so that whatever appears there is its doing,
and a token on its command line and in its environment, so that its processes are known among all others.
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
"""A grading that takes longer has hung, however busy the machine is."""


@dataclasses.dataclass
class Graded:
    """What came back for one request."""

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
        """What the grader says about its own failure, if it failed."""
        last = self.events[-1]
        return str(last["message"]) if last["event"] == "fault" else None

    @property
    def status(self) -> str:
        """The status of the whole."""
        return str(self.result["status"])

    @property
    def message(self) -> str:
        """The sentence about the whole file."""
        return str(self.result["message"])

    @property
    def points(self) -> int:
        """Points earned."""
        return int(self.result["points"])

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """Check id -> how it ended."""
        return {check["id"]: check for check in self.result["checks"]}

    @property
    def statuses(self) -> set[str]:
        """Which statuses occur among the checks."""
        return {str(check["status"]) for check in self.checks.values()}

    @property
    def text(self) -> str:
        """Everything that the student gets to read."""
        return json.dumps(self.events, ensure_ascii=False)


class Host(Grader):
    """One grader process, started as the product starts it but for the folders and a token.

    Args:
        folder: an empty folder of its own.
        command: what to put before the grader, to run it under another user for example.
        arguments: of the grader itself.
    """

    def __init__(self, folder: Path, command: Sequence[str] = (), arguments: Sequence[str] = ()) -> None:
        self.token = secrets.token_hex(8)
        self.home, self.temporary, self.current = (folder / name for name in ("home", "tmp", "here"))
        for path in (self.home, self.temporary, self.current):
            path.mkdir()
        for name in ("torch.py", "json.py", "grader.py", "conftest.py", "sitecustomize.py"):  # a learner may have them
            (self.current / name).write_text("raise SystemExit('a file of the current folder was imported')\n")
        environ = {
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HF_HUB_OFFLINE": "1",
            "COURSE_TEST_TOKEN": self.token,
            "PYTEST_ADDOPTS": "--exitfirst",  # a user's own, which is none of the judge's business
        }
        whole = [*command, *module_command("grader", "-X", f"token={self.token}"), *arguments]
        super().__init__(whole, environ=environ, folder=self.current)

    def grade(self, file: Path | str, **options: Any) -> Graded:  # type: ignore[override]
        """Grade one file and wait for the result; ``options`` go into the request."""
        return self.finish(self.start(file, **options))

    def start(self, file: Path | str, **options: Any) -> Asked:
        """Ask for a grading; several may run at once."""
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
        """Send one line as it is; the event that answers it, whoever it is addressed to."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.strays.get_nowait()
        self.write(line)
        return self.strays.get(timeout=PATIENCE_SECONDS)

    def complaints(self) -> str:
        """What the grader has written to standard error."""
        return self.stderr()

    def close(self) -> int:
        """Close its standard input and wait for its end; kill it if it does not come. The exit code."""
        assert self.process.stdout is not None
        self.hang_up()
        try:
            code = self.process.wait(PATIENCE_SECONDS / 5)
        finally:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
            self.__exit__()  # what listened to it ends too
        return code

    def processes(self) -> dict[int, str]:
        """All live processes that bear our token or descend from one that does: pid -> parent and command line."""
        found: dict[int, str] = {}
        parents: dict[int, int] = {}
        for entry in os.listdir("/proc"):
            if entry.isdecimal():
                try:
                    stat = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
                    words = Path("/proc", entry, "cmdline").read_bytes() + Path("/proc", entry, "environ").read_bytes()
                except OSError:
                    continue  # it has just ended, or is not ours to look at
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
        """Everything that lies in the grader's temporary folder, but the servers' own folders and torch's."""
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
    """A grader that every test may use; whatever is asked of it, it has to stay well."""
    host = Host(tmp_path_factory.mktemp("grader"))
    yield host
    code = host.close()
    assert code == 0, host.complaints()
