"""Runs a recipe as a child process: it imports torch, this process does not."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from course import client, errors
from course.compat import module_command
from course.errors import CourseError
from course.signals import Stopped
from course.text import say

MERCY = 4.0
"""Seconds that a recipe may take to end when it is told to (not for Ctrl-C, where it may save as long as it likes)."""


def run(arguments: Sequence[str], command: Sequence[str] | None = None) -> int:
    """Run ``python -m solutions.recipes`` with these arguments on our own terminal; return its exit code.

    Ctrl-C reaches the child too, since it shares our terminal; it gets the time to save what it has. Other signals are
    passed on.
    """
    try:
        child = subprocess.Popen([*(command or module_command("solutions.recipes")), *arguments], env=_environ())
    except OSError as error:
        raise CourseError(say("error.no_python", reason=error.strerror or str(error))) from error
    try:
        code = child.wait()
    except KeyboardInterrupt:
        _end(child, None)
        return errors.INTERRUPTED
    except Stopped as stopped:
        interrupted = stopped.exit_code == errors.INTERRUPTED
        if not interrupted:
            child.terminate()
        _end(child, None if interrupted else MERCY)
        return stopped.exit_code
    return code if code >= 0 else 128 - code  # as a shell reports a signal


def _end(child: subprocess.Popen[bytes], seconds: float | None) -> None:
    """Wait until it has ended by itself, but not if we are asked a second time."""
    try:
        child.wait(seconds)
    except (KeyboardInterrupt, Stopped, subprocess.TimeoutExpired):
        child.kill()
        child.wait()


def _environ() -> dict[str, str]:
    environ = client.environment()
    environ.pop("PYTHONIOENCODING", None)  # it writes to the user's terminal, not to us
    return environ
