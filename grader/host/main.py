"""``python -m grader``: imports torch once, then serves requests.

It reads one JSON request per line from standard input and writes one JSON event per line to standard output (formats:
``grader/__init__.py``). At the end of input, it finishes the running gradings and ends. Where ``fork`` is not reliable
(macOS, Windows), the judge runs in this process and spawns student processes.
"""

from __future__ import annotations

import functools
import json
import signal
import sys
import traceback
from typing import Any

from course import errors
from grader.host.output import Output
from grader.requests import Request, fault
from grader.student import sandbox


def can_fork() -> bool:
    """Return whether a process that has imported torch can be forked safely: on Linux only."""
    return sys.platform == "linux"


def main(spawn: bool = False) -> None:
    """Serve until standard input ends.

    Args:
        spawn: spawn processes instead of forking them.
    """
    output = Output()
    if spawn or not can_fork():
        _spawning(output)
        return
    from grader.host.forkhost import ForkHost

    host = ForkHost(output)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the folders are removed
    try:
        host.run()
    except KeyboardInterrupt:
        sys.exit(errors.INTERRUPTED)
    finally:
        host.close()


def _spawning(output: Output) -> None:
    """Judge one request after another in this process; student processes are spawned."""
    from grader.judge import grading

    for line in sys.stdin:
        identifier = None
        try:
            asked = json.loads(line)
            identifier = asked.get("id")
            grading.grade(Request.parse(asked), [], functools.partial(output.emit, identifier))
        except (ValueError, AttributeError) as error:
            output.emit(identifier, fault(str(error)))
        except Exception:
            traceback.print_exc()
            output.emit(identifier, fault("the judge ended without a result"))


def doctor() -> dict[str, Any]:
    """Return the facts about the grader that ``course doctor`` reports."""
    import torch

    level, reasons = sandbox.available()
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    return {"sandbox": level, "reasons": reasons, "device": device, "processes": "fork" if can_fork() else "spawn"}
