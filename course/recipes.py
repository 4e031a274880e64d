"""Runs a recipe as a child process: it imports torch, this process does not."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from course import client, errors
from course.compat import module_command
from course.errors import CourseError
from course.text import say


def run(arguments: Sequence[str], command: Sequence[str] | None = None) -> int:
    """Run ``python -m solutions.recipes`` with these arguments on our own terminal; return its exit code.

    Ctrl-C reaches the child too, since it shares our terminal; it gets the time to save what it has.
    """
    try:
        child = subprocess.Popen([*(command or module_command("solutions.recipes")), *arguments], env=_environ())
    except OSError as error:
        raise CourseError(say("error.no_python", reason=error.strerror or str(error))) from error
    try:
        code = child.wait()
    except KeyboardInterrupt:
        try:
            child.wait()
        except KeyboardInterrupt:  # asked twice
            child.kill()
            child.wait()
        return errors.INTERRUPTED
    return code if code >= 0 else 128 - code  # as a shell reports a signal


def _environ() -> dict[str, str]:
    environ = client.environment()
    environ.pop("PYTHONIOENCODING", None)  # it writes to the user's terminal, not to us
    return environ
