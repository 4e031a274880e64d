"""For tests that grade files: one warm grader process, many gradings, and a look at what they leave behind.

    graded = host.grade(tmp_path / "lora.py", only=["lora_report"])
    assert graded.status == "passed"

The grader gets a home, a temporary folder and a current folder of its own, so that whatever appears there is its doing,
and a token on its command line and in its environment, so that its processes are known among all others.
"""

from __future__ import annotations

import dataclasses
import json
import os
import queue
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from course.compat import module_command

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


class Host:
    """One ``python -m grader`` process.

    Args:
        folder: an empty folder of its own.
        command: what to put before the grader, to run it under another user for example.
    """

    def __init__(self, folder: Path, command: Sequence[str] = ()) -> None:
        self.token = secrets.token_hex(8)
        self.home, self.temporary, self.current = (folder / name for name in ("home", "tmp", "here"))
        for path in (self.home, self.temporary, self.current):
            path.mkdir()
        for name in ("torch.py", "json.py", "grader.py", "conftest.py", "sitecustomize.py"):  # a learner may have them
            (self.current / name).write_text("raise SystemExit('a file of the current folder was imported')\n")
        self.stderr = folder / "stderr.txt"
        self._events: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._strays: queue.Queue[dict[str, Any]] = queue.Queue()
        """Events that answer no request of ours."""
        self._requests = 1_000_000
        environ = {
            **os.environ,
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HF_HUB_OFFLINE": "1",
            "COURSE_TEST_TOKEN": self.token,
            "PYTEST_ADDOPTS": "--exitfirst",  # a user's own, which is none of the judge's business
        }
        with self.stderr.open("wb") as errors:
            self.process = subprocess.Popen(
                [*command, *module_command("grader", "-X", f"token={self.token}")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self.current,
                env=environ,
                start_new_session=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def grade(self, file: Path | str, **options: Any) -> Graded:
        """Grade one file and wait for the result; ``options`` go into the request."""
        return self.finish(self.start(file, **options))

    def start(self, file: Path | str, **options: Any) -> int:
        """Ask for a grading; several may run at once."""
        self._requests += 1
        self._events[self._requests] = queue.Queue()
        request = {"id": self._requests, "op": "grade", "exercise": "lora", "file": str(file), **options}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        return self._requests

    def finish(self, request: int) -> Graded:
        """Wait for the last event of a grading."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        events: list[dict[str, Any]] = []
        while not events or events[-1]["event"] not in ("result", "fault"):
            try:
                events.append(self._events[request].get(timeout=min(1.0, max(0.0, deadline - time.monotonic()))))
            except queue.Empty:
                if self.process.poll() is not None and not self._reader.is_alive():
                    pytest.fail(f"the grader ended with {self.process.returncode}: {self.complaints()}")
                if time.monotonic() > deadline:
                    pytest.fail(f"no result after {PATIENCE_SECONDS} s: {self.complaints()}")
        del self._events[request]
        return Graded(events)

    def raw(self, line: bytes) -> dict[str, Any]:
        """Send one line as it is; the event that answers it, whoever it is addressed to."""
        self._strays = queue.Queue()
        assert self.process.stdin is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()
        return self._strays.get(timeout=PATIENCE_SECONDS)

    def complaints(self) -> str:
        """What the grader has written to standard error."""
        return self.stderr.read_text(encoding="utf-8", errors="replace")

    def close(self) -> int:
        """Close its standard input and wait for its end; kill it if it does not come. The exit code."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        try:
            code = self.process.wait(PATIENCE_SECONDS / 5)
        finally:
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
            self.process.wait()
            self._reader.join(10)
            self.process.stdout.close()
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

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            event = json.loads(line)
            self._events.get(event["id"], self._strays).put(event)


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A warm grader that every test may use; whatever is asked of it, it has to stay well."""
    host = Host(tmp_path_factory.mktemp("grader"))
    yield host
    code = host.close()
    assert code == 0, host.complaints()
