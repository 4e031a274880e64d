"""The reference solution, for a learner who has passed or given up, and the libraries' versions of it."""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from pathlib import Path

from course import notebook, paths, submission
from course.compat import tomllib
from course.syllabus import Exercise

CONTEXT = 2
"""Unchanged lines around each difference."""


@dataclass(frozen=True)
class LibraryWay:
    """A library's way to do what a function does."""

    function: str
    api: str
    """Dotted name; a test imports it."""
    remark: str


def source(exercise: Exercise, function: str | None = None) -> str | None:
    """Return the reference, or one function or class of it; None if it does not contain this name."""
    text = paths.solution(exercise.slug).read_text(encoding="utf-8")
    if function is None:
        return text
    found = _definitions(text).get(function)
    return None if found is None else f"{found}\n"


def difference(exercise: Exercise, mine: Path) -> tuple[list[str], list[str]]:
    """Return the changes that would turn a learner's file into the reference.

    Returns:
        A unified diff, and the functions left out of it because they are unchanged from the skeleton.

    Raises:
        NotGradable: the file cannot be read.
    """
    ours = paths.solution(exercise.slug).read_text(encoding="utf-8")
    if notebook.is_notebook(mine):
        found = notebook.load(mine, exercise)
        theirs = found.source.splitlines()[found.cells[0].start - 1 :]
    else:
        theirs = submission.decode(submission.read(mine)).splitlines()
    blank, written = (
        _definitions(source) for source in (paths.skeleton(exercise.slug).read_text(encoding="utf-8"), ours)
    )
    handed_in = "\n".join(theirs)
    not_started = [
        name for name in written if name in blank and blank[name] in handed_in and blank[name] != written[name]
    ]
    for name in not_started:
        ours = ours.replace(written[name], blank[name])
    lines = difflib.unified_diff(theirs, ours.splitlines(), mine.name, "reference", n=CONTEXT, lineterm="")
    return list(lines), not_started


def _definitions(text: str) -> dict[str, str]:
    """Return the source of each top-level function and class, with its decorators."""
    lines, found = text.splitlines(), {}
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found[node.name] = "\n".join(lines[first - 1 : node.end_lineno])
    return found


def library() -> tuple[dict[str, str], dict[str, list[LibraryWay]]]:
    """Return the library versions used, and the libraries' ways by slug, in the order of the exercise."""
    table = tomllib.loads((paths.COURSE / "library.toml").read_text(encoding="utf-8"))
    versions = {str(name): str(version) for name, version in table.pop("versions").items()}
    ways = {
        slug: [LibraryWay(name, api, remark) for name, (api, remark) in entries.items()]
        for slug, entries in table.items()
    }
    return versions, ways
