"""Moodle: fill in the grading worksheet downloaded for an assignment; everything else stays unchanged, byte for byte.

The column titles are in the language of the site, and Moodle identifies the columns by them, so they are never changed
and not relied on: columns are recognised by their content. The grade column is left of the one with the maximum grade.
A comment is written only next to a grade, since Moodle treats a comment without one as a deletion, and never over
a comment that someone has written by hand. A row whose grade cannot be changed is left unchanged.

``to_import`` writes the other file that Moodle reads, for its gradebook (Grades, Import, CSV file), where columns are
mapped by hand.
"""

from __future__ import annotations

import csv
import html
import io
from decimal import Decimal

from course.classroom import worksheet
from course.classroom.model import Gradebook, Student
from course.formats import facts, match, sheet, table
from course.syllabus import load
from course.text import say, say_many

GRADE, FEEDBACK = "Grade", "Feedback comments"
"""Column titles in an English Moodle."""
COMMENT = 4_000
"""Maximum characters of a comment."""
PART = 300
"""Maximum characters of a message in a comment."""
FAILED = 12
"""Maximum number of checks in a comment."""


def fill(
    data: bytes,
    book: Gradebook,
    *,
    column: str | None = None,
    feedback: str | None = None,
    scale: Decimal | None = None,
    name: str = "the roster",
) -> sheet.Filled:
    """Fill in the points for the gradebook's exercises (their sum, if there are several) and a comment.

    Args:
        data: the downloaded worksheet.
        book: the gradebook.
        column: title of the grade column; None means the one next to the maximum.
        feedback: title of the comment column; None means the last one, if it contains comments.
        scale: the points that a full mark is converted to; None leaves points unchanged.
        name: the sheet's name in error messages.

    Raises:
        BadSheet: it is not a Moodle worksheet, or a column cannot be identified.
    """
    page = sheet.Sheet.parse(data, name)
    rows = [row for row in range(1, len(page.rows)) if any(cell.value.strip() for cell in page.rows[row])]
    cells = [[page.value(row, column) for column in range(len(page.header))] for row in rows]
    if not all(worksheet.number(row[0]) for row in cells):
        raise sheet.BadSheet(
            say(
                "{file} is not a grading worksheet from Moodle: each entry in its first column should be "
                "'Participant' and a number, in the language of your site. Download the worksheet from the "
                "assignment under Submissions.",
                file=name,
            )
        )
    grade = page.column(column, name) if column else _grades(page, cells, name)
    comments = page.column(feedback, name) if feedback else _comments(page, grade)
    maximum = {page.value(row, grade + 1) for row in rows}
    comma = any("," in value for value in maximum | {page.value(row, grade) for row in rows})

    found, unmatched = match.rows(book.students, {row: _keys(page, row, grade) for row in rows}, named=False)
    count = 0
    changeable = worksheet.changeable(cells, grade)
    without: list[tuple[Student, str]] = []
    replaced: list[str] = []
    locked: list[str] = []
    kept: list[str] = []
    for row, student in found.items():
        if match.nothing_to_enter(book.of(student)):
            without.append((student, page.value(row, grade)))
            continue
        points = sheet.scaled(book.points(student), book.max_points, scale)
        if changeable is not None and worksheet.is_no(page.value(row, changeable)):
            locked.append(f"{student.shown} [{page.value(row, grade) or '-'}, {facts.number(points)}]")
            continue
        replaced += match.replaced(student, page.value(row, grade), points)
        page.put(row, grade, sheet.points(points, comma))
        if comments is not None and _ours(page.value(row, comments)):
            page.put(row, comments, html.escape(comment(book, student), quote=False).replace("\n", "<br>"))
        elif comments is not None:
            kept.append(student.shown)
        count += 1
    left = match.rows_told_apart((page.value(row, 1), page.value(row, 0)) for row in rows if row not in found)
    told = [*match.told_replaced(replaced), *match.notes(book, unmatched, without, left)]
    if locked:
        told.append(
            say_many(
                "One row was left unchanged, because the sheet says that its grade cannot be changed "
                "[in the sheet, in the gradebook]: {names}",
                "{count} rows were left unchanged, because the sheet says that their grades cannot be changed "
                "[in the sheet, in the gradebook]: {names}",
                count=len(locked),
                names=match.listed(locked),
            )
        )
    if kept:
        told.append(
            say_many(
                "One comment was kept, because it was written by hand: {names}",
                "{count} comments were kept, because they were written by hand: {names}",
                count=len(kept),
                names=match.listed(kept),
            )
        )
    if comments is None:
        told.append(say("The sheet has no column for comments, so none were written."))
    theirs = next(iter(maximum)) if len(maximum) == 1 else ""
    given, ours = sheet.as_number(theirs), book.max_points if scale is None else scale
    if given is not None and book.students and given != ours:
        told.append(
            say(
                "The sheet has a maximum of {theirs} points, but the marks are out of {ours}. "
                "To scale them: --scale-to {theirs}",
                theirs=facts.number(given),
                ours=facts.number(ours),
            )
        )
    return sheet.Filled(page.to_bytes(), count, tuple(told), page.header[grade])


def _grades(page: sheet.Sheet, rows: worksheet.Rows, name: str) -> int:
    """Return the grade column: by its title in an English Moodle, otherwise by its content."""
    if page.header.count(GRADE) == 1:
        return page.header.index(GRADE)
    fitting = worksheet.grades(rows)
    if len(fitting) == 1:
        return fitting[0]
    titles = ", ".join(repr(title) for title in page.header)
    raise sheet.BadSheet(
        say(
            "{file}: which column holds the grades? Name it with --column. The columns are: {titles}",
            file=name,
            titles=titles,
        )
    )


def _comments(page: sheet.Sheet, grade: int) -> int | None:
    """Return the last column, if there is one beyond the four that Moodle always writes after the grades."""
    if FEEDBACK in page.header:
        return page.header.index(FEEDBACK)
    last = len(page.header) - 1
    return last if last > grade + 3 and page.header[last] else None


def _ours(written: str) -> bool:
    """Return whether a comment can be replaced: it is empty, or was written by us."""
    return not written or any(written.startswith(f"{one.id}:") for one in load())


def _keys(page: sheet.Sheet, row: int, grade: int) -> match.Keys:
    cells = {page.value(row, column) for column in range(1, grade)} - {""}
    ids = cells | {page.value(row, 0), worksheet.number(page.value(row, 0)) or ""} - {""}
    return {"id": ids, "email": {cell for cell in cells if "@" in cell}, "name": {page.value(row, 1)}}


def comment(book: Gradebook, student: Student) -> str:
    """Return the comment for a student: points, what determined them, and what failed."""
    lines: list[str] = []
    for entry in book.of(student):
        lines += [facts.summary(entry), *facts.entry_lines(entry)]
        failed = entry.result.failed if entry.result and facts.told_checks(entry.result) else []
        for check in failed[:FAILED]:
            parts = (check.title, check.message if check.visible else "", check.hint or "")
            lines.append("- " + "; ".join(facts.shorten(part, PART) for part in parts if part))
        if len(failed) > FAILED:
            lines.append(say("and {count} more", count=len(failed) - FAILED))
    return facts.shorten("\n".join(table.visible(line) for line in lines), COMMENT)


def to_import(book: Gradebook, *, scale: Decimal | None = None, bom: bool = False) -> sheet.Filled:
    """Return a file for the import of Moodle's gradebook: one row per student with a mark.

    Map ``email`` to "Email address" (or ``idnumber`` to "ID number") and ``grade`` to the grade item there. Moodle
    finds students by these, so they are written unchanged, and the notes name those that begin like a formula.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["idnumber", "fullname", "email", "grade", "feedback"])
    kept, changed = [], []
    marked = [student for student in book.students if not match.nothing_to_enter(book.of(student))]
    for student in marked:
        known = [student.id, student.email]
        number, email = (table.identifier(one, student) for one in known)
        mark = sheet.points(sheet.scaled(book.points(student), book.max_points, scale))
        writer.writerow([number, table.safe(student.name), email, mark, table.safe(comment(book, student))])
        if [number, email] != known:
            changed.append(student.identified)
        elif any(map(table.is_formula, known)):
            kept.append(student.identified)
    told = []
    if kept:
        told.append(
            say_many(
                "The id or e-mail address of one student begins like a formula. It was not changed, so that Moodle "
                "finds the student; import the file without opening it in a spreadsheet program: {names}",
                "The ids or e-mail addresses of {count} students begin like a formula. They were not changed, so that "
                "Moodle finds the students; import the file without opening it in a spreadsheet program: {names}",
                count=len(kept),
                names=match.listed(kept),
            )
        )
    if changed:
        told.append(
            say_many(
                "The id or e-mail address of one student is a formula and not on the roster. It was written with an "
                "apostrophe in front, so Moodle does not find the student by it: {names}",
                "The ids or e-mail addresses of {count} students are formulas and not on the roster. They were written "
                "with an apostrophe in front, so Moodle does not find the students by them: {names}",
                count=len(changed),
                names=match.listed(changed),
            )
        )
    content = (("\ufeff" if bom else "") + target.getvalue()).encode("utf-8")
    return sheet.Filled(content, len(marked), tuple(told), "grade")
