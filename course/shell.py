"""Command lines that work in the shell that the reader is in.

``course`` is found only where the environment it was installed into is activated. Whoever called it by its path, or
has just run ``make demo``, gets the line that activates it in front: pasted once, and everything after it works.
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
"""Adds what an extra of the course needs."""

_live = False


def quote(*words: str) -> str:
    """The words as one would type them in this system's shell."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def begin() -> None:
    """From now on a person reads what we print, at the prompt of the shell that we were started from."""
    global _live
    _live = True


def typed(command: str) -> str:
    """The command as it is to be printed: as it is where nobody would type it, else so that it works."""
    return runnable(command) if _live else command


def install(extra: str) -> str:
    """The line that adds an extra of the course: the README, the doctor, the recipes and the class all print this one.

    Args:
        extra: as in pyproject.toml: ``offline``, ``plots``, ...
    """
    return typed(INSTALL.format(extra=extra))


def not_installed(package: str, extra: str) -> str:
    """What is said of a package that is missing, with the line that installs it."""
    return say(
        "the package {package} is not installed. Install it with:\n{command}", package=package, command=install(extra)
    )


def runnable(command: str, environ: Mapping[str, str] = os.environ, python: str = sys.executable) -> str:
    """A command with ``course`` or ``python`` in it, so that it works in the reader's shell.

    Args:
        command: ``course next``, or ``cd my-course && course read 1``.
        environ: of the shell.
        python: the interpreter of the environment that the course is installed in.
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
    """Whether the shell finds our program under this name; one of another installation is not ours."""
    found = shutil.which(program, path=environ.get("PATH", ""))
    if found is None:
        return False
    if _same(Path(found).parent, folder):
        return True
    if program == "course" and _same(Path(os.path.realpath(found)).parent, folder):  # pipx makes a link to it
        return True
    return program == "course" and bool(sys.argv[:1]) and _same(Path(found), Path(sys.argv[0]))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _activation(folder: Path, environ: Mapping[str, str]) -> str | None:
    """The line that activates a virtual environment in the reader's shell."""
    shell = os.path.basename(environ.get("SHELL", ""))
    name = {"fish": "activate.fish", "csh": "activate.csh", "tcsh": "activate.csh"}.get(shell, "activate")
    if not (folder / name).is_file():
        return None
    source = (
        "source" if name != "activate" else "."
    )  # sh and dash know no `source`, and whoever is in them may have any SHELL
    return f"{source} {quote(_short(folder / name))}"


def _short(path: Path, absolute: bool = False) -> str:
    """The path as seen from here, if it lies below; ``.`` needs a slash in it to be a file and no command."""
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
