"""The syllabus: the exercises, their order, and the names by which a reader can refer to one.

Everything is read from ``syllabus.toml``. The loader refuses unknown keys and values, since a misspelt key that is
silently ignored would change what is graded.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from course import paths
from course.compat import tomllib
from course.text import translated


class SyllabusError(ValueError):
    """The syllabus itself is wrong: our fault, never the reader's."""


@dataclass(frozen=True)
class Limits:
    """Resource limits of a student process."""

    import_seconds: float = 10
    """Wall-clock time for importing the student's file."""
    check_seconds: float = 10
    """Wall-clock time for one check; a check can declare its own."""
    memory_mb: int = 1024
    """Private memory of one student process, in MiB."""

    def __post_init__(self) -> None:
        """Refuse invalid limits."""
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
                raise SyllabusError(f"limits.{item.name} = {value!r}: a positive number is needed")


@dataclass(frozen=True)
class Exercise:
    """One exercise of the course."""

    number: int
    """Position in the syllabus, from 1."""
    slug: str
    """Name of its files in every room."""
    english_title: str
    functions: tuple[str, ...]
    """Names that the student's file defines, in the order of the lesson."""
    bonus: tuple[str, ...]
    """Optional names, whose points are counted separately."""
    preloads: tuple[str, ...]
    """Libraries that the grader imports once before forking, in this order."""
    points: int
    bonus_points: int
    minutes: int
    """Approximate time for a learner, without the bonus functions."""
    requires: tuple[str, ...] = ()
    """Slugs of earlier exercises that this one builds on."""
    planned: bool = False
    """True if it is announced, but not yet written."""
    limits: Limits = field(default_factory=Limits)

    @property
    def id(self) -> str:
        """Return the id, for example ``exercise-3``."""
        return f"exercise-{self.number}"

    @property
    def names(self) -> tuple[str, ...]:
        """Return everything that is graded: the functions, then the bonus functions."""
        return self.functions + self.bonus

    def title(self, lang: str = "en") -> str:
        """Return the title in this language, otherwise in English."""
        return translated(self.english_title, lang)


REQUIRED = {"slug", "title", "functions", "preloads", "points", "minutes"}
OPTIONAL = {"state", "limits", "bonus", "bonus_points", "requires"}


@functools.cache
def load(path: Path = paths.SYLLABUS) -> tuple[Exercise, ...]:
    """Load all exercises in order.

    Raises:
        SyllabusError: the file does not parse, or an entry is incomplete, contradictory or has an unknown key.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SyllabusError(f"{path}: {error}") from error
    entries = document.get("exercise")
    if not isinstance(entries, list) or not entries:
        raise SyllabusError(f"{path}: no [[exercise]] tables")
    _refuse_unknown(document, {"exercise"}, str(path))
    exercises = tuple(_exercise(number, entry) for number, entry in enumerate(entries, start=1))
    seen: dict[str, Exercise] = {}
    for exercise in exercises:
        if other := seen.get(exercise.slug):
            raise SyllabusError(f"{exercise.id} and {other.id} have the same slug {exercise.slug!r}")
        if unknown := [slug for slug in exercise.requires if slug not in seen]:
            raise SyllabusError(f"{exercise.id} requires {unknown[0]!r}, which is no earlier exercise")
        seen[exercise.slug] = exercise
    return exercises


def resolve(name: str) -> Exercise:
    """Return the exercise that a reader means by ``exercise-3``, ``3``, ``lora``, ``lora.py`` or ``lora.ipynb``.

    Raises:
        NoSuchExercise: no exercise has this name; the message suggests the nearest one.
    """
    exercises = load()
    asked = name.strip().lower().removesuffix(".py").removesuffix(".ipynb")
    for exercise in exercises:
        if asked == exercise.slug:
            return exercise
    if match := re.fullmatch(r"(?:(?:exercise|ex)[-_ ]?)?(\d+)", asked):
        number = int(match[1])
        if 1 <= number <= len(exercises):
            return exercises[number - 1]
    raise _no_such_exercise(name, asked, exercises, numbered=match is not None)


def find(slug: str) -> Exercise | None:
    """Return the exercise with this slug, if it exists."""
    return next((exercise for exercise in load() if exercise.slug == slug), None)


def _no_such_exercise(name: str, asked: str, exercises: tuple[Exercise, ...], *, numbered: bool) -> Exception:
    from course.errors import NoSuchExercise  # here: the grader reads the syllabus, too, and should not load click

    if numbered:
        return NoSuchExercise(name, last=exercises[-1].id)
    homes = {function.lower(): exercise for exercise in exercises for function in exercise.names}
    if home := homes.get(asked) or homes.get(asked.partition(".")[0]):
        return NoSuchExercise(name, home=home.id)
    known = [exercise.slug for exercise in exercises] + [exercise.id for exercise in exercises]
    nearest = difflib.get_close_matches(asked, known, n=1, cutoff=0.5)
    return NoSuchExercise(name, nearest=nearest[0] if nearest else None)


def _exercise(number: int, entry: object) -> Exercise:
    where = f"exercise {number}"
    if not isinstance(entry, dict):
        raise SyllabusError(f"{where}: a table is needed, not {entry!r}")
    if isinstance(entry.get("slug"), str):
        where = f"{where} ({entry['slug']})"
    _refuse_unknown(entry, REQUIRED | OPTIONAL, where)
    if missing := sorted(REQUIRED - set(entry)):
        raise SyllabusError(f"{where}: {missing[0]} is missing")

    slug = entry["slug"]
    if not isinstance(slug, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", slug):
        raise SyllabusError(f"{where}: slug = {slug!r} cannot name a Python module; use lower-case letters and _")
    title = entry["title"]
    if not isinstance(title, str) or not title:
        raise SyllabusError(f"{where}: title = {title!r} is not a title in English")
    functions = _names(entry["functions"], "functions", where)
    if not functions:
        raise SyllabusError(f"{where}: functions is empty, so there would be nothing to write")
    bonus = _names(entry.get("bonus", []), "bonus", where)
    if twice := sorted(set(functions) & set(bonus)):
        raise SyllabusError(f"{where}: {twice[0]!r} is both required and a bonus")
    if bool(bonus) != ("bonus_points" in entry):
        raise SyllabusError(f"{where}: bonus functions and bonus_points go together")
    state = entry.get("state", "ready")
    if state not in ("ready", "planned"):
        raise SyllabusError(f"{where}: state = {state!r} is neither 'ready' nor 'planned'")
    limits = entry.get("limits", {})
    if not isinstance(limits, dict):
        raise SyllabusError(f"{where}: limits = {limits!r} is not a table")
    _refuse_unknown(limits, {item.name for item in fields(Limits)}, f"{where}: limits")
    return Exercise(
        number=number,
        slug=slug,
        english_title=title,
        functions=functions,
        bonus=bonus,
        preloads=_names(entry["preloads"], "preloads", where),
        points=_count(entry["points"], "points", where),
        bonus_points=_count(entry["bonus_points"], "bonus_points", where) if bonus else 0,
        minutes=_count(entry["minutes"], "minutes", where),
        requires=_names(entry.get("requires", []), "requires", where),
        planned=state == "planned",
        limits=Limits(**limits),
    )


def _names(value: object, key: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.isidentifier() for item in value):
        raise SyllabusError(f"{where}: {key} = {value!r} is not a list of Python names")
    for item in value:
        if value.count(item) > 1:
            raise SyllabusError(f"{where}: {key} names {item!r} twice")
    return tuple(value)


def _count(value: object, key: str, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SyllabusError(f"{where}: {key} = {value!r} is not a positive whole number")
    return value


def _refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            nearest = difflib.get_close_matches(key, sorted(known), n=1)
            suggestion = f"; did you mean {nearest[0]!r}?" if nearest else ""
            raise SyllabusError(f"{where}: unknown key {key!r}{suggestion}")
