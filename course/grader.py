"""The client of the grader: one JSON request per line in, one JSON event per line out, many requests at once.

The command line never imports the grader. It starts it as a separate process, as early as possible, because importing
torch is what a learner waits for, and reads events as they arrive. Any failure of that process becomes a
``GraderFault``; if configured to, the client restarts a grader that died and asks again.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from course import environment
from course.compat import isolated_command
from course.errors import GraderFault
from course.signals import Stopped
from course.text import say

PATIENCE = 5.0
"""Seconds allowed for a finished grader to clean up."""
MERCY = 3.0
"""Seconds allowed for a grader that is told to stop; after five, nothing of it is left."""
STDERR_LINES = 15
"""Lines of the grader's stderr shown when it dies."""
STDERR_KEPT = 500
"""Lines of the grader's stderr that are kept."""
LAST = ("result", "fault")
"""Kinds of events that end a grading."""

Event = dict[str, Any]


class Asked:
    """One request and its events so far; iterate over it for the events, of which the last is a result or a fault.

    Raises:
        GraderFault: while iterating, if the grader died or sent something that is not an event.
    """

    def __init__(self, number: int, request: Mapping[str, Any], attempts: int) -> None:
        """Create a request; nothing has been sent yet."""
        self.number = number
        self.line = json.dumps({**request, "id": number}).encode() + b"\n"
        self.attempts = attempts
        """Number of times that it can still be sent."""
        self.heard: queue.SimpleQueue[Event | GraderFault] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[Event]:
        """Yield the events as they arrive."""
        while True:
            event = self.next()
            yield event
            if event["event"] in LAST:
                return

    def next(self, seconds: float | None = None) -> Event:
        """Return the next event.

        Args:
            seconds: maximum time to wait; None means no limit.

        Raises:
            queue.Empty: no event arrived in time.
            GraderFault: no more events will arrive.
        """
        event = self.heard.get(timeout=seconds)
        if isinstance(event, GraderFault):
            raise event
        return event


class Grader:
    """A running grader; use it as a context manager, so that it never outlives the command.

    Every method can be called from several threads.

    Args:
        command: the command to start; None means ``python -m grader``.
        level: required sandbox level; ``auto`` means the best available.
        threads: number of torch threads in each student process.
        judges: maximum concurrent gradings; further ones wait. None means no limit.
        restarts: how often a request is sent again to a new grader if the previous one died.
        environ: environment variables in addition to the usual ones.
        folder: working directory; None means the current one.

    Raises:
        GraderFault: it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        level: str = "auto",
        threads: int = 1,
        judges: int | None = None,
        restarts: int = 0,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._command = list(command or isolated_command("grader"))
        self._environ = {**environment.of_grader(), "COURSE_PARENT": str(os.getpid()), **(environ or {})}
        self._folder = str(folder) if folder else environment.footing()
        self._level, self._threads, self._restarts = level, threads, restarts
        self._judges: contextlib.AbstractContextManager[Any] = (
            threading.BoundedSemaphore(judges) if judges else contextlib.nullcontext()
        )
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._asked: dict[int, Asked] = {}
        """Requests without a result so far."""
        self._closing = self._delivered = self._gone = False
        self._words: deque[bytes] = deque(maxlen=STDERR_KEPT)
        self.strays: queue.SimpleQueue[Event] = queue.SimpleQueue()
        """Events that do not answer any of our requests."""
        self._start()

    def _start(self) -> None:
        try:
            self.process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environ,
                cwd=self._folder,
                start_new_session=True,  # Ctrl-C is handled here; a second signal would interrupt its cleanup
            )
        except OSError as error:
            raise GraderFault(say("The grader could not be started: {reason}", reason=str(error))) from error
        self._listener = threading.Thread(target=self._listen, args=[self.process], daemon=True)
        self._reader = threading.Thread(target=self._read, args=[self.process, self._listener], daemon=True)
        self._listener.start()  # otherwise the pipe could fill up
        self._reader.start()

    def __enter__(self) -> Grader:
        """Return the grader, which is already running."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Let the grader finish if all results have arrived; otherwise end it."""
        with self._lock:
            self._closing = True
            orderly = self._delivered and not self._asked
        process = self.process
        try:
            if orderly:
                self.hang_up()
                process.wait(PATIENCE)
            else:
                process.terminate()
                process.wait(MERCY)
        except (subprocess.TimeoutExpired, KeyboardInterrupt, Stopped):
            _kill(process)
        finally:
            self.hang_up()
            self._reader.join(1)
            self._listener.join(1)
            if process.stdout and not self._reader.is_alive():
                process.stdout.close()
            _sweep(process.pid)

    def hang_up(self) -> None:
        """Send no more requests: the grader finishes what is running and exits."""
        self._closing = True
        try:
            if self.process.stdin:
                self.process.stdin.close()
        except OSError:  # it has already exited, with unflushed data
            pass

    # --- asking --------------------------------------------------------------------------------------------------

    def grade(
        self,
        *,
        exercise: str,
        file: Path,
        seed: int | None = None,
        only: Sequence[str] = (),
        lang: str = "en",
        **more: object,
    ) -> Iterator[Event]:
        """Grade one file; yield the events as they arrive, of which the last is a result or a fault.

        After a restart the events begin again, with another ``started``. Other fields of a request are passed on:
        ``shown`` and, if the file is the code of a notebook, ``cells``.

        Raises:
            GraderFault: the grader died, or sent something that is not an event.
        """
        with self._judges:
            yield from self.ask(
                {"exercise": exercise, "file": str(file), "seed": seed, "only": list(only), "lang": lang, **more}
            )

    def ask(self, request: Mapping[str, Any]) -> Asked:
        """Send a request, with defaults for missing fields."""
        whole = {"op": "grade", "sandbox": self._level, "threads": self._threads, **request}
        with self._lock:
            asked = Asked(next(self._numbers), whole, self._restarts)
            self._asked[asked.number] = asked
            if self._gone:
                self._lost(self.process)
            else:
                self._send(asked)
        return asked

    def _send(self, asked: Asked) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has exited, or we have hung up: the reader will report it
            self.write(asked.line)

    def write(self, line: bytes) -> None:
        """Send a line unchanged.

        Raises:
            OSError: the grader no longer reads.
        """
        assert self.process.stdin
        self.process.stdin.write(line)
        self.process.stdin.flush()

    # --- listening -----------------------------------------------------------------------------------------------

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr
        with process.stderr as stream:
            for line in stream:
                self._words.append(line)

    def _read(self, process: subprocess.Popen[bytes], listener: threading.Thread) -> None:
        assert process.stdout
        for line in process.stdout:
            event = _event(line)
            if event is None:
                told = say(
                    "The grader sent a line that is not an event: {line}",
                    line=line[:200].decode("utf-8", errors="replace").strip(),
                )
                self._give_up(GraderFault(told))
                continue
            with self._lock:
                asked = self._asked.get(event.get("id"))  # type: ignore[arg-type]
                if asked is not None and event["event"] in LAST:
                    self._delivered = True
                    del self._asked[asked.number]
            (self.strays if asked is None else asked.heard).put(event)
        with contextlib.suppress(subprocess.TimeoutExpired):  # it can have closed its stdout without exiting
            process.wait(PATIENCE)
        listener.join(1)
        self._lost(process)

    def _lost(self, process: subprocess.Popen[bytes]) -> None:
        """Handle a grader that no longer answers: resend requests to a new one if allowed, and fail the rest."""
        with self._lock:
            if process is not self.process:
                return
            again = [asked for asked in self._asked.values() if asked.attempts > 0 and not self._closing]
            self._give_up(self._died(process), [asked for asked in self._asked.values() if asked not in again])
            self._gone = not again
            if self._gone:
                return
            _kill(process)
            _sweep(process.pid)
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # whatever could not be written is sent again
                    if pipe:
                        pipe.close()
            try:
                self._start()
            except GraderFault as fault:
                self._gone = True
                self._give_up(fault)
                return
            for asked in again:
                asked.attempts -= 1
                self._send(asked)

    def _give_up(self, fault: GraderFault, requests: Sequence[Asked] | None = None) -> None:
        with self._lock:
            for asked in list(self._asked.values()) if requests is None else requests:
                self._asked.pop(asked.number, None)
                asked.heard.put(fault)

    def _died(self, process: subprocess.Popen[bytes]) -> GraderFault:
        code = process.poll()
        shown = "?" if code is None else code
        last_words = "\n".join(self.stderr().splitlines()[-STDERR_LINES:])
        if not last_words:
            return GraderFault(
                say("The grader ended without a result (exit code {code}) and without any output.", code=shown)
            )
        return GraderFault(
            say(
                "The grader ended without a result (exit code {code}). Its last output:\n{stderr}",
                code=shown,
                stderr=last_words,
            )
        )

    def last_words(self) -> str:
        """Send no more requests, and return the end of the grader's stderr once it is complete."""
        self.hang_up()
        self._listener.join(PATIENCE)
        return self.stderr()

    def stderr(self) -> str:
        """Return the end of what the grader has written to stderr so far."""
        return b"".join(list(self._words)).decode("utf-8", errors="replace").strip()


def _event(line: bytes) -> Event | None:
    """Return the event in a line; None if there is none."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the grader and every process in its session."""
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)  # start_new_session has made it the leader of its group
    process.kill()
    process.wait()


def _sweep(pid: int) -> None:
    """Remove the folders left by a grader that was killed, or stopped before it could clean up; it has exited."""
    for folder in Path(tempfile.gettempdir()).glob(f"course-grader-{pid}-*"):
        with contextlib.suppress(OSError):
            if not hasattr(os, "geteuid") or folder.lstat().st_uid == os.geteuid():
                shutil.rmtree(folder, ignore_errors=True)  # does not follow links
