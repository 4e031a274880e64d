"""The gradebook as JSON, ``course/gradebook/v1``; each entry contains its whole ``course/result/v1``.

``course/formats/gradebook.schema.json`` is generated from the classes below (``python -m scripts.schema``). Points are
numbers with at most two decimals, times are ISO 8601 in UTC. Paths of graded files are reduced to file names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from course import files, result
from course.classroom import model
from course.formats import facts

SCHEMA: Literal["course/gradebook/v1"] = "course/gradebook/v1"


@dataclass
class Override:
    """Points set by hand."""

    points: float
    reason: str
    by: str
    at: str


@dataclass
class Entry:
    """One exercise of one student."""

    exercise: str
    """The slug."""
    status: str
    """Status of the result, or ``missing``, ``refused`` or ``not_graded``."""
    points: float
    """Points that count: the override or, without one, the points earned minus the penalty."""
    max_points: int
    earned: float
    """Points from the checks alone."""
    bonus_points: int
    max_bonus_points: int
    late_seconds: int
    penalty: float
    attempts: int
    submitted: str | None
    origin: str
    sha256: str
    notes: list[str]
    override: Override | None
    result: result.Result | None


@dataclass
class Student:
    """A row of the gradebook."""

    id: str
    name: str
    email: str
    in_roster: bool
    points: float
    max_points: int
    entries: list[Entry]
    """In the order of ``exercises``."""


@dataclass
class Refused:
    """A submission that could not be graded as it was."""

    student: str | None
    """Id of the student; None if it is unknown."""
    exercise: str | None
    origin: str
    reason: str


@dataclass
class Document:
    """A class and its marks."""

    title: str
    graded_at: str
    exercises: list[str]
    students: list[Student]
    refused: list[Refused]
    schema: Literal["course/gradebook/v1"] = SCHEMA


def to_json(book: model.Gradebook) -> bytes:
    """Return the whole document."""
    return files.to_json(msgspec.to_builtins(document(book)))


def document(book: model.Gradebook) -> Document:
    """Return the gradebook as described by the schema."""
    return Document(
        title=book.title,
        graded_at=book.graded_at,
        exercises=list(book.exercises),
        students=[
            Student(
                id=student.id,
                name=student.name,
                email=student.email,
                in_roster=student.in_roster,
                points=facts.plain_number(book.points(student)),
                max_points=sum(entry.max_points for entry in book.of(student)),
                entries=[_entry(entry) for entry in book.of(student)],
            )
            for student in book.students
        ],
        refused=[
            Refused(one.student.id if one.student else None, one.exercise, one.origin, one.reason)
            for one in book.refused
        ],
    )


def _entry(entry: model.Entry) -> Entry:
    told = entry.result
    by_hand = entry.override
    return Entry(
        exercise=entry.exercise,
        status=entry.status,
        points=facts.plain_number(entry.points),
        max_points=entry.max_points,
        earned=facts.plain_number(entry.earned),
        bonus_points=told.bonus_points if told else 0,
        max_bonus_points=told.max_bonus_points if told else 0,
        late_seconds=int(entry.late.total_seconds()),
        penalty=facts.plain_number(entry.penalty),
        attempts=entry.attempts,
        submitted=facts.seconds_stamp(entry.submitted),
        origin=entry.origin,
        sha256=entry.sha256,
        notes=list(entry.notes),
        override=Override(facts.plain_number(by_hand.points), by_hand.reason, by_hand.by, by_hand.at)
        if by_hand
        else None,
        result=facts.travelling(told) if told else None,
    )


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12): every field is always present."""
    schema = msgspec.json.schema(Document)
    for definition in schema["$defs"].values():
        definition["required"] = list(definition["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": SCHEMA}
