"""Feedback for one student: a page or a JSON object with their own results and nothing that is hidden.

Everything is built from ``Told``, which contains only what the student is allowed to see. For a hidden check, that is
its title, its outcome, and the sentences written by its authors (hint, explanation); never a value that it compared,
its message, printed output or a traceback. Notes in the gradebook can name other students and are left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from course import files
from course.classroom import pages
from course.classroom.model import Entry, Gradebook, Student
from course.formats import facts, table
from course.render import STATUS_SENTENCES
from course.result import CheckResult, Result
from course.text import language, mark, say, translated

SCHEMA = "course/feedback/v1"
INDEX = "index.csv"
"""Index of each student's file; for the instructor, not for the students."""
Kind = Literal["html", "json"]

OUTCOMES = {"passed": mark("holds"), **STATUS_SENTENCES}


@dataclass(frozen=True)
class ToldCheck:
    """One check, as its student is allowed to see it."""

    id: str
    title: str
    visible: bool
    bonus: bool
    status: str
    points: int
    max_points: int
    outcome: str
    """The check's status, in words."""
    message: str
    """Only for a visible check."""
    expected: str | None
    """Only for a visible check."""
    actual: str | None
    """Only for a visible check."""
    misconception: str | None
    """Title of the misconception, if one was named."""
    explanation: str | None
    hint: str | None
    follows: bool
    """Whether another check has the same cause and explains it."""


@dataclass(frozen=True)
class ToldFunction:
    """The checks of one function."""

    name: str
    bonus: bool
    points: int
    max_points: int
    passed: int
    not_started: bool
    checks: tuple[ToldCheck, ...]


@dataclass(frozen=True)
class ToldCause:
    """A cause named by the grader."""

    title: str
    text: str
    functions: tuple[str, ...]


@dataclass(frozen=True)
class ToldExercise:
    """One exercise."""

    exercise: str
    title: str
    status: str
    points: Decimal
    max_points: int
    bonus_points: int
    max_bonus_points: int
    submitted: str | None
    """ISO 8601, UTC."""
    lines: tuple[str, ...]
    """Sentences on what determined the points: lateness, an override, the reason why nothing could be graded."""
    causes: tuple[ToldCause, ...]
    first: ToldCheck | None
    """The check to look at first."""
    lesson: str | None
    """Command that shows the lesson."""
    functions: tuple[ToldFunction, ...]


@dataclass(frozen=True)
class Told:
    """Everything that one student is allowed to see."""

    id: str
    name: str
    title: str
    """Title of the class."""
    graded_at: str
    points: Decimal
    max_points: int
    exercises: tuple[ToldExercise, ...]


def told(gradebook: Gradebook, student: Student) -> Told:
    """Return the part of the gradebook that this student is allowed to see."""
    return Told(
        id=student.id,
        name=student.name,
        title=gradebook.title,
        graded_at=gradebook.graded_at,
        points=gradebook.points(student),
        max_points=gradebook.max_points,
        exercises=tuple(_exercise(entry) for entry in gradebook.of(student)),
    )


def _exercise(entry: Entry) -> ToldExercise:
    result = entry.result
    checks = [] if result and result.status == "grader_error" else facts.told_checks(result)
    first = result.first_to_look_at() if result and checks else None
    known = facts.exercise(entry.exercise)
    return ToldExercise(
        exercise=result.id if result else known.id if known else entry.exercise,
        title=result.title if result else known.title(language()) if known else entry.exercise,
        status=entry.status,
        points=entry.points,
        max_points=entry.max_points,
        bonus_points=result.bonus_points if result else 0,
        max_bonus_points=result.max_bonus_points if result else 0,
        submitted=facts.seconds_stamp(entry.submitted),
        lines=tuple(_lines(entry)),
        causes=tuple(_causes(result)) if result and checks else (),
        first=_check(first) if first else None,
        lesson=first.lesson if first else None,
        functions=tuple(_functions(checks)),
    )


def _lines(entry: Entry) -> list[str]:
    """Return what determined the points; messages of a failed grader are for the instructor only."""
    result = entry.result
    if result is None or entry.status != "grader_error":
        return facts.entry_lines(entry)
    ours = say(
        "The grader failed on this submission. That is not your fault; your instructor can have it graded again."
    )
    return [ours, *facts.entry_lines(replace(entry, result=replace(result, message="")))]


def _causes(result: Result) -> list[ToldCause]:
    return [
        ToldCause(cause.heading, cause.text, tuple(dict.fromkeys(check.function for check in cause.checks)))
        for cause in result.causes()
    ]


def _functions(checks: Sequence[CheckResult]) -> list[ToldFunction]:
    groups: dict[str, list[CheckResult]] = {}
    for check in checks:
        groups.setdefault(check.function, []).append(check)
    return [
        ToldFunction(
            name=name,
            bonus=group[0].bonus,
            points=sum(check.points for check in group),
            max_points=sum(check.max_points for check in group),
            passed=sum(check.passed for check in group),
            not_started=all(check.quiet for check in group),
            checks=tuple(map(_check, group)),
        )
        for name, group in groups.items()
    ]


def _check(check: CheckResult) -> ToldCheck:
    """Convert a check; this is the only place that decides what a student sees of it."""
    open_values = check.visible and not check.passed
    found = check.explanation
    return ToldCheck(
        id=check.id,
        title=check.title,
        visible=check.visible,
        bonus=check.bonus,
        status=check.status,
        points=check.points,
        max_points=check.max_points,
        outcome=translated(OUTCOMES[check.status]),
        message=facts.shorten(check.message) if open_values else "",
        expected=facts.shorten(check.expected) if open_values and check.expected else None,
        actual=facts.shorten(check.actual) if open_values and check.actual else None,
        misconception=found.title if found and check.cause else None,
        explanation=found.text if found and found.text != check.hint else None,
        hint=None if check.passed else check.hint,
        follows=check.follows,
    )


def to_json(whole: Told) -> bytes:
    """Return one JSON object, ``course/feedback/v1``."""
    record = asdict(whole, dict_factory=_plain)
    student = {"id": record.pop("id"), "name": record.pop("name")}
    return files.to_json({"schema": SCHEMA, "student": student, **record})


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: facts.plain_number(value) if isinstance(value, Decimal) else value for key, value in pairs}


def to_html(whole: Told) -> bytes:
    """Return one HTML page without scripts or external resources."""
    return pages.page("feedback.html", told=whole).encode("utf-8", "backslashreplace")


def names(students: Sequence[Student], kind: Kind) -> Mapping[str, str]:
    """Return id -> name of the student's file: safe on every system, and unique even where case is ignored."""
    taken = {INDEX, f"index.{kind}"}
    found = {}
    for student in students:
        stem = facts.file_name(student.id)
        if stem.split(".")[0].casefold() in RESERVED:
            stem = f"_{stem}"
        name, number = f"{stem}.{kind}", 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}~{number}.{kind}"
        taken.add(name.casefold())
        found[student.id] = name
    return found


RESERVED = {"con", "prn", "aux", "nul", *(f"{device}{number}" for device in ("com", "lpt") for number in range(10))}
"""Names that Windows reserves for devices, with any suffix."""


def write(gradebook: Gradebook, folder: Path, kind: Kind = "html") -> int:
    """Write a file for each student, and the index.

    Args:
        gradebook: the gradebook of the class.
        folder: the output folder, which must exist.
        kind: format of the files.

    Returns:
        The number of files written for students.

    Raises:
        OSError: the folder cannot be written.
    """
    make = to_html if kind == "html" else to_json
    index = io.StringIO(newline="")
    writer = csv.writer(index, lineterminator="\n")
    writer.writerow(["id", "file", "name", "email"])
    found = names(gradebook.students, kind)
    for student in gradebook.students:
        files.write_bytes(folder / found[student.id], make(told(gradebook, student)), lasting=False)
        shown = [table.safe(text) for text in (student.name, student.email)]
        writer.writerow([table.safe(student.id), found[student.id], *shown])
    files.write(folder / INDEX, index.getvalue())
    return len(found)
