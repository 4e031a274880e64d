"""Identify the edition of the course: the whole one, or a student edition written by ``course class release``.

A student edition contains ``course/edition.toml``. It lists the included exercises and, for each function, how many
hidden checks run when the work is handed in, and their points: all that students are told about them.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from course import paths
from course.compat import tomllib
from course.syllabus import Exercise


@dataclass(frozen=True)
class Hidden:
    """Hidden checks of some functions."""

    checks: int = 0
    points: int = 0


@dataclass(frozen=True)
class StudentEdition:
    """The content of a student edition's ``edition.toml``."""

    exercises: frozenset[str]
    """Slugs of the included exercises."""
    hidden: Mapping[str, Mapping[str, tuple[int, int]]]
    """Slug -> function -> (hidden checks, their points)."""

    def of(self, slug: str, functions: Iterable[str]) -> Hidden:
        """Return the hidden checks of these functions."""
        known = self.hidden.get(slug, {})
        found = [known[name] for name in functions if name in known]
        return Hidden(sum(checks for checks, _ in found), sum(points for _, points in found))


@functools.cache
def student() -> StudentEdition | None:
    """Return the description of this student edition; None in the whole course."""
    if not paths.EDITION.is_file():
        return None
    record = tomllib.loads(paths.EDITION.read_text(encoding="utf-8"))
    hidden = {
        slug: {name: (int(checks), int(points)) for name, (checks, points) in functions.items()}
        for slug, functions in record["hidden"].items()
    }
    return StudentEdition(frozenset(record["exercises"]), hidden)


def graded(slug: str) -> Literal["full", "student"]:
    """Return the edition to name in a result: without a reference, only visible checks run."""
    return "full" if paths.solution(slug).is_file() else "student"


def points(exercise: Exercise) -> int:
    """Return the points that can be earned here; in a student edition, those of the visible checks.

    The check file is parsed, not imported, which would import torch.
    """
    if graded(exercise.slug) == "full" or not paths.checks(exercise.slug).is_file():
        return exercise.points
    earned = 0
    for group in ast.parse(paths.checks(exercise.slug).read_text(encoding="utf-8")).body:
        declared = {ast.unparse(node) for node in getattr(group, "body", ()) if isinstance(node, ast.Assign)}
        if not declared & {f"function = {name!r}" for name in exercise.functions}:
            continue
        for node in ast.walk(group):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "check":
                words = {word.arg: ast.unparse(word.value) for word in node.keywords}
                earned += int(words["points"]) if words.get("visible") == "True" else 0
    return earned


def left_out(exercise: Exercise) -> bool:
    """Return whether the exercise exists, but not in this edition."""
    here = student()
    return here is not None and exercise.slug not in here.exercises
