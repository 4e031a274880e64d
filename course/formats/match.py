"""Match the rows of a platform's sheet to students.

A row and a student are matched only if that is beyond doubt: an id takes precedence over an address, an address over a
name, and a value that fits two on the other side fits none. An id alone is not enough if address and name contradict
it: otherwise a class numbered from 1 would get the marks of whichever students the platform numbered so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from course.classroom.model import Entry, Gradebook, Student
from course.formats import sheet
from course.text import say, say_many

SHOWN = 30
"""Maximum names in one sentence."""

Keys = Mapping[str, set[str]]
"""Keys of a row: ``id``, ``email``, ``name`` -> values to compare with the student's."""


def rows(
    students: Sequence[Student], candidates: Mapping[int, Keys], *, named: bool = True
) -> tuple[dict[int, Student], list[Student]]:
    """Match rows and students.

    Args:
        students: the students in the gradebook.
        candidates: row number -> its data about the student.
        named: whether the names in the rows are certain to be names.

    Returns:
        Row -> student, and the students without a row.
    """
    found: dict[int, Student] = {}
    waiting = list(students)
    for kind in ("id", "email", "name"):
        open_rows: dict[str, set[int]] = {}
        for number, keys in candidates.items():
            if number not in found:
                for key in keys.get(kind, ()):
                    open_rows.setdefault(_folded(key, kind), set()).add(number)
        fits = {
            student.id: set().union(*(open_rows.get(key, set()) for key in _of(student, kind))) for student in waiting
        }
        claimed = Counter(number for numbers in fits.values() for number in numbers)
        for student in waiting:
            numbers = fits[student.id]
            if len(numbers) == 1 and claimed[number := next(iter(numbers))] == 1:
                if kind != "id" or not _contradicts(student, candidates[number], named):
                    found[number] = student
        matched = {student.id for student in found.values()}
        waiting = [student for student in waiting if student.id not in matched]
    return found, waiting


def _contradicts(student: Student, keys: Keys, named: bool) -> bool:
    """Return whether, apart from the id, everything that both have says the row is another student's."""
    addresses = {_folded(key, "email") for key in keys.get("email", ()) if "@" in key}
    words = {word for key in keys.get("name", ()) for word in _words(key)}
    agreeing = []
    if student.email and addresses:
        agreeing.append(_folded(student.email, "email") in addresses)
    if named and words and _words(student.name):
        agreeing.append(bool(words & _words(student.name)))
    return bool(agreeing) and not any(agreeing)


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"\W+", name.casefold()) if word}


def _of(student: Student, kind: str) -> set[str]:
    value = {"id": student.id, "email": student.email, "name": student.name}[kind]
    keys = {_folded(value, kind)}
    if kind == "email" and "@" in student.id:
        keys.add(_folded(student.id, kind))
    return keys - {""}


def _folded(value: str, kind: str) -> str:
    value = " ".join(value.split())
    if kind == "name" and value.count(",") == 1:  # "Lovelace, Ada"
        last, _, first = value.partition(",")
        value = f"{first.strip()} {last.strip()}"
    return value if kind == "id" else value.casefold()


def nothing_to_enter(entries: Sequence[Entry]) -> bool:
    """Return whether there is no mark (nothing handed in, not graded yet, grader failed), and no override."""
    by_machine = [entry for entry in entries if entry.override is None]
    if any(entry.status in ("grader_error", "not_graded") for entry in by_machine):
        return True
    return len(by_machine) == len(entries) and all(entry.result is None for entry in entries)


def notes(
    book: Gradebook, unmatched: Sequence[Student], without_mark: Sequence[tuple[Student, str]], left: Sequence[str]
) -> list[str]:
    """Return notes for the instructor about a sheet that was filled in.

    Args:
        book: the gradebook.
        unmatched: students without a row.
        without_mark: students who have a row but no mark, and the content of the row.
        left: names in rows that match nobody in the gradebook.
    """
    told = []
    marked = [student for student in unmatched if not nothing_to_enter(book.of(student))]
    if marked:
        told.append(
            say_many(
                "One student with a mark has no row in the sheet: {names}",
                "{count} students with a mark have no row in the sheet: {names}",
                count=len(marked),
                names=listed([student.shown for student in marked]),
            )
        )
    if without_mark:
        told.append(
            say_many(
                "One row was left unchanged, because nothing was handed in or nothing has been graded: {names}",
                "{count} rows were left unchanged, because nothing was handed in or nothing has been graded: {names}",
                count=len(without_mark),
                names=listed([student.shown for student, _ in without_mark]),
            )
        )
    if marked_before := [f"{student.shown} [{cell}]" for student, cell in without_mark if cell.strip(" -")]:
        told.append(
            say_many(
                "One of them already has a mark in the sheet: {names}",
                "{count} of them already have a mark in the sheet: {names}",
                count=len(marked_before),
                names=listed(marked_before),
            )
        )
    if left:
        told.append(
            say_many(
                "One row in the sheet matches nobody in the gradebook: {names}",
                "{count} rows in the sheet match nobody in the gradebook: {names}",
                count=len(left),
                names=listed(left),
            )
        )
    return told


def replaced(student: Student, cell: str, points: Decimal) -> list[str]:
    """Return a note on a mark in a sheet that is replaced by another one: student, before and after; else nothing."""
    if not cell.strip(" -") or sheet.as_number(cell) == points:
        return []
    return [f"{student.shown}: {cell} -> {sheet.points(points)}"]


def told_replaced(marks: Sequence[str]) -> list[str]:
    """Return the sentence about replaced marks."""
    if not marks:
        return []
    return [
        say_many(
            "One mark in the sheet was replaced: {names}",
            "{count} marks in the sheet were replaced: {names}",
            count=len(marks),
            names=listed(marks),
        )
    ]


def rows_told_apart(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names of rows; those that share a name, or have none, with their ids.

    Args:
        rows: name and id of each row.
    """
    everything = list(rows)
    count = Counter(name.casefold() for name, _ in everything)
    return [
        f"{name} ({number})" if name and number and count[name.casefold()] > 1 else name or number
        for name, number in everything
    ]


def listed(names: Sequence[str], most: int = SHOWN) -> str:
    """Return some of the names, and how many more there are. A name can contain a comma."""
    shown = "; ".join(names[:most])
    return say("{names} and {count} more", names=shown, count=len(names) - most) if len(names) > most else shown
