"""The warm host: imports torch once, then grades whatever it is asked to. ``python -m grader`` runs it.

It reads one JSON request per line from standard input and writes one JSON event per line to standard output (formats:
CONTRIBUTING.md). End of input means no further requests; what is running is finished first.

    host ── imports torch, reads requests, passes events on; forks nobody but:
      └── servers    a chain of them, each forked from the one before and importing one thing more (the rest of torch,
          │          transformers) while the first checks run already; they fork:
          ├── judge      one per request, trusted
          └── students   one per check, sandboxed (see ``grader.forkserver``)

Where there is no ``fork`` to rely on (macOS, Windows), the judge runs in this process and spawns student processes.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import stat
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from course import syllabus, text
from grader import sandbox
from grader.launcher import ForkLauncher, Launcher, SpawnLauncher


class Output:
    """Events out, one JSON object per line; nothing else ever reaches this descriptor."""

    def __init__(self) -> None:
        self._file: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        os.set_inheritable(self._file.fileno(), False)
        os.dup2(2, 1)  # a stray print goes to standard error

    def fileno(self) -> int:
        """The descriptor that events go to."""
        return self._file.fileno()

    def is_pipe(self) -> bool:
        """Whether the other end may be closed."""
        return stat.S_ISFIFO(os.fstat(self.fileno()).st_mode)

    def emit(self, identifier: object, event: dict[str, Any]) -> None:
        """Write one event."""
        line = memoryview(json.dumps({"id": identifier, **event}).encode() + b"\n")
        while line:  # a child's end may interrupt a long write in its middle
            line = line[self._file.write(line) :]


def fault(message: str) -> dict[str, Any]:
    """The event for what is the grader's own fault."""
    return {"event": "fault", "message": message, "exit_code": 3}


def judge_request(request: dict[str, Any], level: str) -> Any:
    """The request as the judge wants it.

    Raises:
        ValueError: it lacks something, or names an exercise that does not exist.
    """
    from grader.judge import Request

    exercises = {exercise.slug: exercise for exercise in syllabus.load()}
    try:
        exercise = exercises[request["exercise"]]
        seed = request.get("seed")
        return Request(
            exercise=exercise,
            file=Path(request["file"]),
            seed=Request.fresh_seed() if seed is None else int(seed),
            only=tuple(request.get("only") or ()),
            lang=request.get("lang", "en"),
            threads=int(request.get("threads", 1)),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"malformed request: {error}") from None


def limits_of(exercise: syllabus.Exercise, threads: int) -> sandbox.Limits:
    """What a student process of this exercise may use."""
    seconds = exercise.limits.import_seconds + 3 * exercise.limits.check_seconds
    return sandbox.Limits(
        memory_bytes=int(exercise.limits.memory_mb * 2**20), cpu_seconds=int(seconds * max(1, threads))
    )


def run_judge(request: dict[str, Any], emit: Callable[[dict[str, Any]], None], servers: list[Any], level: str) -> None:
    """Grade one request, in whatever process this is.

    Args:
        request: as it came in.
        emit: takes events.
        servers: (offers, socket) of the fork servers; empty where student processes are spawned.
        level: sandbox level to demand.
    """
    from grader import judge

    asked = judge_request(request, level)
    text.use(asked.lang if asked.lang in text.LANGUAGES else "en")
    limits = limits_of(asked.exercise, asked.threads)

    def launcher(snapshot: str) -> Launcher:
        name, seconds = asked.exercise.slug, asked.exercise.limits.import_seconds
        if servers:
            return ForkLauncher(servers, snapshot, name, level, limits, asked.threads, seconds)
        return SpawnLauncher(snapshot, name, level, limits, asked.threads, seconds)

    judge.grade(asked, launcher, emit)


def choose_level(wanted: str) -> str:
    """The sandbox level to demand: the best there is, or what was asked for.

    Raises:
        ValueError: more was asked for than this machine can do.
    """
    best, reasons = sandbox.available()
    if wanted == "auto":
        return best
    if wanted not in sandbox.LEVELS:
        raise ValueError(f"no sandbox level is called {wanted!r}: choose {', '.join(sandbox.LEVELS)}")
    if sandbox.LEVELS.index(wanted) < sandbox.LEVELS.index(best):
        raise ValueError(f"sandbox level {wanted!r} cannot be reached here: {'; '.join(reasons)}")
    return wanted


def can_fork() -> bool:
    """Forking a process that has imported torch is relied on under Linux only."""
    return sys.platform == "linux"


def main() -> None:
    """Serve until standard input ends."""
    output = Output()
    if can_fork():
        from grader.forkhost import ForkHost

        host = ForkHost(output)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folders are removed
        try:
            host.run()
        except KeyboardInterrupt:
            sys.exit(130)
        finally:
            host.close()
    else:
        spawn_main(output)


def spawn_main(output: Output) -> None:
    """One request after the other, judged in this process; student processes are spawned."""
    for line in sys.stdin:
        identifier = None
        try:
            request = json.loads(line)
            identifier = request.get("id")
            level = choose_level(request.get("sandbox", "auto"))
            run_judge(request, functools.partial(output.emit, identifier), [], level)
        except ValueError as error:
            output.emit(identifier, fault(str(error)))
        except Exception:
            traceback.print_exc()
            output.emit(identifier, fault("the judge ended without a result"))


def doctor() -> dict[str, Any]:
    """What ``course doctor`` wants to know of this side."""
    import torch

    level, reasons = sandbox.available()
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    return {"sandbox": level, "reasons": reasons, "device": device, "processes": "fork" if can_fork() else "spawn"}
