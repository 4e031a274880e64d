"""The grader as a process of its own: one JSON request per line in, one JSON event per line out.

The command line never imports the grader. It starts it as early as it can, because importing torch is what a learner
waits for, and reads events while they arrive. Whatever goes wrong over there becomes one ``GraderFault``.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from course import paths
from course.compat import isolated_command
from course.errors import GraderFault
from course.signals import Stopped
from course.text import say

PATIENCE = 5.0
"""Seconds that a finished grader may take to tidy up."""
MERCY = 3.0
"""Seconds that it may take if it is told to break off; after five nothing of it is left."""
STDERR_LINES = 15
"""How much of the grader's last words is shown when it dies."""
STDERR_KEPT = 500
"""Lines of its standard error that are kept at all."""


GRADER_VARIABLES = (
    "PATH HOME USER LOGNAME LANG LANGUAGE LC_ TZ TMPDIR TEMP TMP PYTHON VIRTUAL_ENV COURSE_ OMP_ MKL_ LD_LIBRARY_PATH "
    "DYLD_ GOMP_ KMP_ SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES CUDA_"
).split()
"""Beginnings of the names that the grader is started with. A token that it never had cannot be found in its memory."""


def grader_environment() -> dict[str, str]:
    """What the grader is started with; it, and so the process of the student's code, knows nothing else of the learner.

    On Linux its memory lies in huge pages: a fork then copies two hundred page-table entries instead of forty thousand.
    Measured on a host that had imported torch: 3.8 ms of processor time for a fork and its end instead of 8.5.
    """
    known = {name: value for name, value in environment().items() if name.upper().startswith(tuple(GRADER_VARIABLES))}
    known["GLIBC_TUNABLES"] = "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=16777216"
    return known


SPINNING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
"""What decides whether a thread of torch that waits for the others burns its core meanwhile."""


def environment() -> dict[str, str]:
    """Our environment; in a checkout that is not installed, the rooms are made importable.

    Waiting threads sleep, unless the user has set something else: where anything else runs on the machine, a spinning
    thread takes the core away from the one it waits for.
    """
    environ = dict(os.environ, PYTHONIOENCODING="utf-8")
    if not any(name in environ for name in SPINNING):
        environ["OMP_WAIT_POLICY"] = "PASSIVE"
    if (paths.ROOT / "pyproject.toml").exists():
        before = environ.get("PYTHONPATH")
        environ["PYTHONPATH"] = os.pathsep.join([str(paths.ROOT), before] if before else [str(paths.ROOT)])
    return environ


class Grader:
    """A running grader process; use it as a context manager, so that it never outlives the command."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        """Start it.

        Args:
            command: what to start; None means ``python -m grader``.

        Raises:
            GraderFault: it cannot be started.
        """
        try:
            self._process = subprocess.Popen(
                list(command or isolated_command("grader")),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**grader_environment(), "COURSE_PARENT": str(os.getpid())},
                cwd=footing(),
                start_new_session=True,  # Ctrl-C is for us; a second signal would break off its tidying up
            )
        except OSError as error:
            raise GraderFault(say("fault.start", reason=str(error))) from error
        self._orderly = False
        self._words: deque[bytes] = deque(maxlen=STDERR_KEPT)
        self._listener = threading.Thread(target=self._listen, daemon=True)  # else the pipe could fill up
        self._listener.start()

    def __enter__(self) -> Grader:
        """It runs already."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Let it finish if it has delivered, else end it."""
        process = self._process
        try:
            if self._orderly:
                self._hang_up()
                process.wait(PATIENCE)
            else:
                process.terminate()
                process.wait(MERCY)
        except (subprocess.TimeoutExpired, KeyboardInterrupt, Stopped):
            _kill(process)
        finally:
            self._hang_up()
            self._listener.join(1)
            if process.stdout:
                process.stdout.close()
            _sweep(process.pid)

    def _listen(self) -> None:
        assert self._process.stderr
        with self._process.stderr as stream:
            for line in stream:
                self._words.append(line)

    def _hang_up(self) -> None:
        try:
            if self._process.stdin:
                self._process.stdin.close()
        except OSError:  # it is gone already, and there was something left to flush
            pass

    def grade(
        self,
        *,
        exercise: str,
        file: Path,
        seed: int | None = None,
        only: Sequence[str] = (),
        lang: str = "en",
    ) -> Iterator[dict[str, Any]]:
        """Ask for one file to be graded; yield the events as they arrive, the last one a result or a fault.

        Raises:
            GraderFault: it died, or said something that is not an event.
        """
        request = {
            "id": 1,
            "op": "grade",
            "exercise": exercise,
            "file": str(file),
            "seed": seed,
            "only": list(only),
            "lang": lang,
            "sandbox": "auto",
            "threads": 1,
        }
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._died() from None
        for line in iter(self._process.stdout.readline, b""):
            event = self._parse(line)
            if event.get("id") != request["id"]:
                continue
            yield event
            if event["event"] in ("result", "fault"):
                self._orderly = True
                return
        raise self._died()

    def _parse(self, line: bytes) -> dict[str, Any]:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            raise GraderFault(say("fault.malformed", line=line[:200].decode("utf-8", errors="replace").strip()))
        return event

    def _died(self) -> GraderFault:
        try:
            code: int | str = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:  # it closed its stdout and lives on
            code = "?"
        self._listener.join(1)
        last_words = "\n".join(self.stderr().splitlines()[-STDERR_LINES:])
        if not last_words:
            return GraderFault(say("fault.died_silently", code=code))
        return GraderFault(say("fault.died", code=code, stderr=last_words))

    def stderr(self) -> str:
        """The end of what the grader has written to its standard error so far."""
        return b"".join(list(self._words)).decode("utf-8", errors="replace").strip()


def footing() -> str | None:
    """Where the grader may stand: torch does not load in a directory that was removed. None: where we are."""
    try:
        if os.access(os.getcwd(), os.R_OK | os.X_OK):
            return None
    except OSError:
        pass
    return os.sep


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and whatever it has started in its own session."""
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)  # start_new_session has made it the first of its group
    process.kill()
    process.wait()


def _sweep(pid: int) -> None:
    """Remove what a grader left that was killed, or asked to end before it knew how; it has ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"course-grader-{pid}-*"):
        with contextlib.suppress(OSError):
            if not hasattr(os, "geteuid") or folder.lstat().st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)  # does not follow a link
