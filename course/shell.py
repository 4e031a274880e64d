"""Print command lines that work in the reader's shell.

``course`` is found only if the environment it was installed into is activated. A reader who called it by its path, or
has just run ``make demo``, gets a line that activates it first: pasted once, it makes every later command work.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from course.text import say

INSTALL = 'python -m pip install "transformers-course[{extra}]"'
"""Command that installs an extra of the course."""

_live = False


def quote(*words: str) -> str:
    """Quote words for this system's shell."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def begin() -> None:
    """From now on, assume that a person reads our output at the prompt of the shell that started us."""
    global _live
    _live = True


def typed(command: str) -> str:
    """Return the command for printing: unchanged if no person will type it, otherwise so that it works."""
    return runnable(command) if _live else command


def install(extra: str) -> str:
    """Return the command that installs an extra; the README, the doctor, the recipes and the class all print this one.

    Args:
        extra: name of the extra in pyproject.toml: ``offline``, ``plots``, ...
    """
    return typed(INSTALL.format(extra=extra))


def not_installed(package: str, extra: str) -> str:
    """Return the sentence about a missing package, with the command that installs it."""
    return say(
        "the package {package} is not installed. Install it with:\n{command}", package=package, command=install(extra)
    )


def runnable(command: str, environ: Mapping[str, str] = os.environ, python: str = sys.executable) -> str:
    """Return a command with ``course`` or ``python`` in a form that works in the reader's shell.

    Args:
        command: ``course next``, or ``cd my-course && course read 1``.
        environ: environment of the shell.
        python: interpreter of the environment in which the course is installed.
    """
    words = command.replace("&&", " ").split()
    program = "course" if "course" in words else "python" if words[:1] == ["python"] else None
    folder = Path(python).parent
    if program is None or _is_found(program, folder, environ):
        return command
    if os.name == "nt":
        return _with_path(command, program, str(folder / program))
    if (activate := _activation(folder, environ)) is not None:
        return f"{activate} && {command}"
    script = folder / program
    if script.exists():
        return _with_path(command, program, quote(_short(script, absolute="&&" in command)))
    return _with_path(command, "course", f"{quote(python)} -m course") if program == "course" else command


def _is_found(program: str, folder: Path, environ: Mapping[str, str]) -> bool:
    """Return whether the shell finds our program under this name; one from another installation does not count."""
    found = shutil.which(program, path=environ.get("PATH", ""))
    if found is None:
        return False
    if _same(Path(found).parent, folder):
        return True
    if program == "course" and _same(Path(os.path.realpath(found)).parent, folder):  # pipx creates a link to it
        return True
    return program == "course" and bool(sys.argv[:1]) and _same(Path(found), Path(sys.argv[0]))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _activation(folder: Path, environ: Mapping[str, str]) -> str | None:
    """Return the line that activates a virtual environment in the reader's shell."""
    shell = os.path.basename(environ.get("SHELL", ""))
    name = {"fish": "activate.fish", "csh": "activate.csh", "tcsh": "activate.csh"}.get(shell, "activate")
    if not (folder / name).is_file():
        return None
    source = (
        "source" if name != "activate" else "."
    )  # sh and dash do not have `source`, and SHELL can be anything there
    return f"{source} {quote(_short(folder / name))}"


def _short(path: Path, absolute: bool = False) -> str:
    """Return a path below the current directory as relative; ``.`` needs a slash to be a file and not a command."""
    if not absolute:
        try:
            relative = path.absolute().relative_to(Path.cwd())
        except (ValueError, OSError):
            return str(path)
        return str(relative) if len(relative.parts) > 1 else f"./{relative}"
    return str(path)


def _with_path(command: str, program: str, path: str) -> str:
    parts = command.split(" ")
    return " ".join(path if part == program else part for part in parts)
