"""The client of the grader: one JSON request per line in, one JSON event per line out, many requests at once.

The command line never imports the grader. It starts it as a process of its own, as early as it can, because importing
torch is what a learner waits for, and reads events while they arrive. Whatever goes wrong over there becomes a
``GraderFault``; a client that is told to restarts a grader that died and asks again.
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
"""Seconds that a finished grader may take to tidy up."""
MERCY = 3.0
"""Seconds that it may take if it is told to break off; after five nothing of it is left."""
STDERR_LINES = 15
"""How much of the grader's last words is shown when it dies."""
STDERR_KEPT = 500
"""Lines of its standard error that are kept at all."""
LAST = ("result", "fault")
"""Kinds of events that end a grading."""

Event = dict[str, Any]


class Asked:
    """One request and what has been heard of it; iterate over it for its events, the last one a result or a fault.

    Raises:
        GraderFault: while iterating, if the grader died or said something that is not an event.
    """

    def __init__(self, number: int, request: Mapping[str, Any], attempts: int) -> None:
        """Nothing has been sent yet."""
        self.number = number
        self.line = json.dumps({**request, "id": number}).encode() + b"\n"
        self.attempts = attempts
        """How often it may still be sent."""
        self.heard: queue.SimpleQueue[Event | GraderFault] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[Event]:
        """The events as they arrive."""
        while True:
            event = self.next()
            yield event
            if event["event"] in LAST:
                return

    def next(self, seconds: float | None = None) -> Event:
        """The next event.

        Args:
            seconds: how long to wait; None means until it comes.

        Raises:
            queue.Empty: none came in time.
            GraderFault: none will come.
        """
        event = self.heard.get(timeout=seconds)
        if isinstance(event, GraderFault):
            raise event
        return event


class Grader:
    """A running grader; use it as a context manager, so that it never outlives the command.

    Every method may be called from many threads.

    Args:
        command: what to start; None means ``python -m grader``.
        level: sandbox level to demand; ``auto`` means the best there is.
        threads: of torch, in each student process.
        judges: how many gradings run at once; more of them wait. None means as many as are asked for.
        restarts: how often a request is sent again to a new grader if the one that had it died.
        environ: variables to set besides those that a grader gets.
        folder: where it stands; None means where we are.

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
        """Requests that have no result yet."""
        self._closing = self._delivered = self._gone = False
        self._words: deque[bytes] = deque(maxlen=STDERR_KEPT)
        self.strays: queue.SimpleQueue[Event] = queue.SimpleQueue()
        """Events that answer no request of ours."""
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
                start_new_session=True,  # Ctrl-C is for us; a second signal would break off its tidying up
            )
        except OSError as error:
            raise GraderFault(say("The grader could not be started: {reason}", reason=str(error))) from error
        self._listener = threading.Thread(target=self._listen, args=[self.process], daemon=True)
        self._reader = threading.Thread(target=self._read, args=[self.process, self._listener], daemon=True)
        self._listener.start()  # else the pipe could fill up
        self._reader.start()

    def __enter__(self) -> Grader:
        """It runs already."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Let it finish if it has delivered, else end it."""
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
        """Ask for nothing more: it finishes what is running and ends."""
        self._closing = True
        try:
            if self.process.stdin:
                self.process.stdin.close()
        except OSError:  # it is gone already, and there was something left to flush
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
        """Have one file graded; yield the events as they arrive, the last one a result or a fault.

        After a restart the events begin again, with another ``started``. What else a request may hold goes with it:
        ``shown`` and ``cells``, where the file holds the code of a notebook.

        Raises:
            GraderFault: it died, or said something that is not an event.
        """
        with self._judges:
            yield from self.ask(
                {"exercise": exercise, "file": str(file), "seed": seed, "only": list(only), "lang": lang, **more}
            )

    def ask(self, request: Mapping[str, Any]) -> Asked:
        """Send a request; what it leaves open is filled in."""
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
        with contextlib.suppress(OSError, ValueError):  # it is gone, or we have hung up: the reader will say so
            self.write(asked.line)

    def write(self, line: bytes) -> None:
        """Send a line as it is.

        Raises:
            OSError: nobody reads any more.
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
        with contextlib.suppress(subprocess.TimeoutExpired):  # it may have closed its stdout and live on
            process.wait(PATIENCE)
        listener.join(1)
        self._lost(process)

    def _lost(self, process: subprocess.Popen[bytes]) -> None:
        """It answers nothing any more: ask a new one what may be asked again, and say so for the rest."""
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
                with contextlib.suppress(OSError):  # what could not be written is sent again
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
        """Ask for nothing more, and wait for the end of what it writes to its standard error."""
        self.hang_up()
        self._listener.join(PATIENCE)
        return self.stderr()

    def stderr(self) -> str:
        """The end of what the grader has written to its standard error so far."""
        return b"".join(list(self._words)).decode("utf-8", errors="replace").strip()


def _event(line: bytes) -> Event | None:
    """The event in a line; None if it holds none."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


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
