"""The gradebook as rows, for formats that a spreadsheet opens: ``csv`` and ``xlsx``.

The column names are part of the format: they are not translated, and they keep their order. Text from a student or
a platform never becomes a formula: if it begins like one, it gets an apostrophe, which spreadsheets understand as
the mark of a text. Numbers stay numbers. In a file that a platform imports, ids and addresses stay unchanged
(``identifier``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from course.classroom.model import Entry, Gradebook, Student
from course.formats import facts

Cell = str | int | Decimal | None

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""Characters that no cell needs: control characters, direction marks, surrogates. Joiners stay: names need them."""
FORMULA = re.compile("[\\s\u200b-\u200f\u2060]*[=+\\-@\uff1d\uff0b\uff0d\uff20\t]")
"""Beginning of a text that a spreadsheet would take for a formula; some also accept the full-width characters."""
HARMLESS = re.compile(r"[\w.@+-]*")
"""Characters of an address or a number; they cannot call a function or another program."""
LONGEST = 32_000
"""Maximum characters in a cell; spreadsheets allow 32,767."""

STUDENT = ("id", "name", "email", "in_roster")
ENTRY = (
    "points", "max_points", "bonus_points", "status", "late_hours", "penalty", "attempts", "submitted", "override",
    "override_reason", "override_by", "notes",
)  # fmt: skip
TOTAL = ("points", "max_points")
CHECKS = (
    "id", "name", "exercise", "check", "function", "title", "visibility", "status", "points", "max_points", "bonus",
    "message", "explanation", "seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A header and rows of the same length."""

    name: str
    header: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def safe(text: str) -> str:
    r"""Return a text that a spreadsheet shows unchanged.

    >>> safe("=1+1"), safe("a\x07b"), safe("Ann"), safe("\t-1")
    ("'=1+1", 'a\\x07b', 'Ann', "'\t-1")
    """
    text = visible(text)
    if FORMULA.match(text):
        text = "'" + text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def identifier(text: str, student: Student) -> str:
    """Return a student's id or e-mail address, for a file that a platform imports and by which it identifies students.

    It is written unchanged, since the platform would not recognise it with an apostrophe. Only text that comes from a
    file name, and not from the roster, gets one if a spreadsheet could execute it.
    """
    return text if student.in_roster or HARMLESS.fullmatch(text) else safe(text)


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would take the text for a formula."""
    return bool(FORMULA.match(text))


def unquoted(text: str) -> str:
    """Undo ``safe``: remove the apostrophe that it put in front."""
    return text[1:] if text.startswith("'") and is_formula(text[1:]) else text


def visible(text: str) -> str:
    """Return the text without characters that move or reorder others; joiners and direction marks in a name stay."""
    return UNSAFE.sub(_spell, text.replace("\r\n", "\n"))


def _spell(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode()


def gradebook(book: Gradebook) -> Table:
    """Return one row per student: identity, each exercise, and the sum."""
    header = (*STUDENT, *(f"{slug}.{name}" for slug in book.exercises for name in ENTRY), *TOTAL)
    rows = []
    for student in book.students:
        row: list[Cell] = [safe(student.id), safe(student.name), safe(student.email), yes(student.in_roster)]
        for entry in book.of(student):
            row += _entry(entry)
        rows.append([*row, book.points(student), sum(entry.max_points for entry in book.of(student))])
    return Table("gradebook", header, rows)


def checks(book: Gradebook) -> Table:
    """Return one row per student and check."""
    rows: list[list[Cell]] = []
    for entry in book:
        for check in entry.result.checks if entry.result else ():
            rows.append(
                [
                    safe(entry.student.id),
                    safe(entry.student.name),
                    entry.exercise,
                    safe(check.id),
                    safe(check.function),
                    safe(check.title),
                    check.visibility,
                    check.status,
                    check.points,
                    check.max_points,
                    yes(check.bonus),
                    safe(check.message),
                    safe(check.explanation.id) if check.explanation else None,
                    None if check.seconds is None else Decimal(f"{check.seconds:.3f}"),
                ]
            )
    return Table("checks", CHECKS, rows)


def yes(fact: bool) -> str:
    """Return a boolean as text that spreadsheets can filter."""
    return "yes" if fact else "no"


def _entry(entry: Entry) -> list[Cell]:
    override = entry.override
    return [
        entry.points,
        entry.max_points,
        entry.result.bonus_points if entry.result else 0,
        entry.status,
        _hours(entry.late),
        entry.penalty.quantize(Decimal("0.01")),
        entry.attempts,
        facts.seconds_stamp(entry.submitted),
        override.points.quantize(Decimal("0.01")) if override else None,
        safe(override.reason) if override else None,
        safe(override.by) if override else None,
        safe("\n".join(entry.notes)) or None,
    ]


def _hours(late: timedelta) -> Decimal:
    return (Decimal(int(late.total_seconds())) / 3600).quantize(Decimal("0.01"))
