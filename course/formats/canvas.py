"""Canvas: fill in one column of the exported gradebook; everything else stays unchanged, byte for byte.

Canvas identifies a student by the ids in the row and an assignment by the number in its column's title, so neither is
ever made up here: export the gradebook from Canvas, fill it in, and import it again. A column that Canvas marks
as "(read only)" is refused, an excused student ("EX") stays excused, and without a submission the cell is left
unchanged, for Canvas to treat as missing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from course.classroom.model import Gradebook, Student
from course.formats import facts, match, sheet
from course.text import say

FIRST = {"id": ("ID", "SIS User ID", "SIS Login ID", "Integration ID"), "email": ("SIS Login ID",)}
"""Kind of identifier -> Canvas columns that contain it."""
ASSIGNMENT = re.compile(r".*\(\d+\)")
POSSIBLE = "points possible"
READ_ONLY = "(read only)"


def fill(
    data: bytes,
    book: Gradebook,
    *,
    column: str | None = None,
    scale: Decimal | None = None,
    name: str = "the roster",
) -> sheet.Filled:
    """Fill in the points for the gradebook's exercises (their sum, if there are several).

    Args:
        data: the exported CSV.
        book: the gradebook.
        column: title of the column; None means the one whose title names the exercise, or the only column.
        scale: the points that a full mark is converted to; None leaves points unchanged.
        name: the sheet's name in error messages.

    Raises:
        BadSheet: it is not a Canvas gradebook, or the column is ambiguous or must not be changed.
    """
    page = sheet.Sheet.parse(data, name)
    header = page.header
    section = _section(header, name)
    first_row = _first_student(page)
    target = page.column(column, name) if column else _column(header, section, book, name)
    if target <= section:
        raise sheet.BadSheet(say("the column '{title}' does not belong to an assignment.", title=header[target]))
    maximum = ""
    for row in range(1, first_row):
        if page.value(row, target).casefold() == READ_ONLY:
            raise sheet.BadSheet(
                say(
                    "The column '{title}' is read-only in Canvas, so Canvas would ignore your marks.",
                    title=header[target],
                )
            )
        if page.value(row, 0).casefold() == POSSIBLE:
            maximum = page.value(row, target)

    ids = {kind: [header.index(one) for one in titles if one in header] for kind, titles in FIRST.items()}
    candidates = {row: _keys(page, row, ids) for row in range(first_row, len(page.rows)) if page.value(row, 0)}
    found, unmatched = match.rows(book.students, candidates)
    count = 0
    without: list[tuple[Student, str]] = []
    excused: list[str] = []
    replaced: list[str] = []
    for row, student in found.items():
        if page.value(row, target).upper() == "EX":
            excused.append(student.shown)
        elif match.nothing_to_enter(book.of(student)):
            without.append((student, page.value(row, target)))
        else:
            points = sheet.scaled(book.points(student), book.max_points, scale)
            replaced += match.replaced(student, page.value(row, target), points)
            page.put(row, target, sheet.points(points))
            count += 1
    left = match.rows_told_apart(
        {row: (page.value(row, 0), page.value(row, 1)) for row in candidates if row not in found}.values()
    )
    told = [*match.told_replaced(replaced), *match.notes(book, unmatched, without, left)]
    if excused:
        told.append(say("Excused students stay excused: {names}", names=match.listed(excused)))
    given, ours = sheet.as_number(maximum), book.max_points if scale is None else scale
    if given is not None and book.students and given != ours:
        told.append(
            say(
                "The column '{title}' has a maximum of {theirs} points, but the marks are out of {ours}. "
                "To scale them: --scale-to {theirs}",
                title=header[target],
                theirs=facts.number(given),
                ours=facts.number(ours),
            )
        )
    return sheet.Filled(page.to_bytes(), count, tuple(told), header[target])


def _section(header: Sequence[str], name: str) -> int:
    """Return the last column about the student; Canvas's importer requires it."""
    split = header[:2] == ["LastName", "FirstName"]
    fits = split or (len(header) > 2 and "Student" in header[0] and header[1] == "ID")
    sections = [number for number, title in enumerate(header) if "Section" in title]
    if not fits or not sections:
        raise sheet.BadSheet(
            say(
                "{file} is not a gradebook exported from Canvas: it should begin with Student, ID, ..., Section. "
                "Export it in Canvas under Grades, Export.",
                file=name,
            )
        )
    return sections[0]


def _first_student(page: sheet.Sheet) -> int:
    """Return the first student's row: below the header are the points possible, maybe after a row on muted columns."""
    for row in range(1, min(4, len(page.rows))):
        if page.value(row, 0).casefold() == POSSIBLE:
            return row + 1
    return 1


def _column(header: Sequence[str], section: int, book: Gradebook, name: str) -> int:
    assignments = [number for number in range(section + 1, len(header)) if ASSIGNMENT.fullmatch(header[number])]
    named = [number for number in assignments if len(book.exercises) == 1 and _names(header[number], book.exercises[0])]
    found = named or assignments
    if len(found) == 1:
        return found[0]
    if not assignments:
        raise sheet.BadSheet(
            say(
                "{file} has no column for an assignment. Create the assignment in Canvas, then export again.", file=name
            )
        )
    titles = "; ".join(repr(header[number]) for number in found)
    if named:
        raise sheet.BadSheet(
            say(
                "Several columns name {exercise}: {titles}. Name one with --column.",
                exercise=book.exercises[0],
                titles=titles,
            )
        )
    raise sheet.BadSheet(
        say("Which column should be filled in? Name it with --column. The columns are: {titles}", titles=titles)
    )


def _names(title: str, slug: str) -> bool:
    """Return whether an assignment's title names this exercise: by its slug, its id or its title."""
    bare = re.sub(r"\s*\(\d+\)$", "", title).casefold()
    names = [slug]
    if known := facts.exercise(slug):
        names += [known.id, f"exercise {known.number}", known.title()]
    return any(re.search(rf"(?<!\w){re.escape(one.casefold())}(?!\w)", bare) for one in names)


def _keys(page: sheet.Sheet, row: int, ids: dict[str, list[int]]) -> match.Keys:
    keys = {kind: {page.value(row, one) for one in columns} - {""} for kind, columns in ids.items()}
    name = page.value(row, 0)
    if page.header[0] == "LastName":
        name = f"{page.value(row, 1)} {name}"
    return {**keys, "name": {name}}
