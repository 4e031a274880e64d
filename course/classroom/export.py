"""Export a gradebook to a file: the formats, and the choice of students and exercises.

Formats for a whole class make one file. The others describe one student and one exercise; for several, they make a zip
with one document for each, ``<exercise>/<student>.json``.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from course.classroom import gradebook
from course.classroom.model import Entry, Gradebook, Student
from course.errors import CourseError
from course.formats import (
    canvas,
    classroom50,
    csv,
    facts,
    gradescope,
    html,
    json,
    junit,
    lti_ags,
    match,
    moodle,
    prairielearn,
    sheet,
    xlsx,
)
from course.text import mark, say, say_many


@dataclass(frozen=True)
class Options:
    """Options besides the format."""

    roster: bytes | None = None
    """The sheet to fill in."""
    roster_name: str = ""
    column: str | None = None
    feedback: str | None = None
    scale: Decimal | None = None
    """Points on the platform for a full mark."""
    long: bool = False
    bom: bool = False
    zip: bool = False
    """Whether the output file is a zip."""
    environ: Mapping[str, str] = field(default_factory=dict)
    """Environment of the process; Classroom 50 passes its data in it."""


@dataclass(frozen=True)
class Export:
    """The file, and notes for the instructor."""

    content: bytes
    notes: tuple[str, ...] = ()


WHOLE: Mapping[str, Callable[[Gradebook, Options], Export]] = {
    "csv": lambda book, asked: Export(csv.to_csv(book, long=asked.long, bom=asked.bom)),
    "xlsx": lambda book, asked: Export(xlsx.to_xlsx(book)),
    "html": lambda book, asked: Export(html.to_html(book)),
    "json": lambda book, asked: Export(json.to_json(book)),
    "junit": lambda book, asked: Export(junit.class_to_xml(book)),
    "canvas": lambda book, asked: _canvas(book, asked),
    "moodle": lambda book, asked: _moodle(book, asked),
}
SINGLE: Mapping[str, Callable[[Gradebook, Entry, Options], bytes]] = {
    "gradescope": lambda book, entry, asked: gradescope.to_json(entry),
    "prairielearn": lambda book, entry, asked: prairielearn.to_json(entry),
    "classroom50": lambda book, entry, asked: classroom50.to_json(entry, _submission(book, entry, asked)),
    "lti-ags": lambda book, entry, asked: lti_ags.to_json(entry),
}
NEEDS_ATTEMPT = {"classroom50"}
"""Formats that describe a submission, and so have no document where nothing was handed in."""
TIMED = {"lti-ags"}
"""Formats that state when a mark last changed (``gradebook.timed``)."""
WITHOUT_WORDS = {"canvas", "lti-ags"}
"""Formats that contain only marks."""
FORMATS = (
    "csv", "canvas", "moodle", "gradescope", "prairielearn", "classroom50", "junit", "lti-ags", "html", "json", "xlsx",
)  # fmt: skip
ONLY = {
    "column": ("canvas", "moodle"),
    "feedback": ("moodle",),
    "scale": ("canvas", "moodle"),
    "long": ("csv",),
    "bom": ("csv", "moodle"),
}
"""Option -> the formats that use it."""
LONG_NAMES = {
    "column": "--column",
    "feedback": "--feedback-column",
    "scale": "--scale-to",
    "long": "--long",
    "bom": "--bom",
    "roster": "--roster",
}
NEEDS_ROSTER = mark(
    "--to canvas fills in the gradebook that Canvas exports (Grades, Export). Name that file with --roster."
)


def render(book: Gradebook, to: str, asked: Options) -> Export:
    """Return the file in this format.

    Args:
        book: the students and exercises to export (see ``chosen``).
        to: one of ``FORMATS``.
        asked: the options.

    Raises:
        CourseError: an option does not apply to the format, or the roster is not an export of that platform.
    """
    for option, formats in ONLY.items():
        if getattr(asked, option) and to not in formats:
            raise CourseError(
                say(
                    "{option} can be used only with --to {formats}.",
                    option=LONG_NAMES[option],
                    formats=" or ".join(formats),
                )
            )
    made = WHOLE[to](book, asked) if to in WHOLE else _single(book, to, asked)
    return replace(made, notes=(*made.notes, *_left_out(book, to)))


def _single(book: Gradebook, to: str, asked: Options) -> Export:
    entries = [entry for entry in book if to not in NEEDS_ATTEMPT or entry.result is not None]
    if asked.zip:
        return _zip(book, to, entries, asked)
    if len(entries) != 1:
        if not entries:
            raise CourseError(say("nothing was handed in, so there is nothing to export."))
        raise CourseError(
            say(
                "--to {format} writes one file per student and exercise, and there are {count} of them. Choose "
                "one with --student and --exercise, or give --out a name that ends in .zip.",
                format=to,
                count=len(entries),
            )
        )
    return Export(SINGLE[to](book, entries[0], asked))


def _left_out(book: Gradebook, to: str) -> Iterator[str]:
    """Yield notes on data that the format has no field for."""
    bonus = [
        f"{one.shown}: {sum(entry.result.bonus_points for entry in book.of(one) if entry.result)}"
        for one in book.students
        if any(entry.result and entry.result.bonus_points for entry in book.of(one))
    ]
    if bonus and to == "canvas":
        yield say(
            "Bonus points are not exported, because Canvas has no place for them: {names}", names=match.listed(bonus)
        )
    elif bonus and to in ("moodle", *SINGLE):
        yield say(
            "Bonus points are not added to the marks; only the comments mention them: {names}",
            names=match.listed(bonus),
        )
    if to not in WITHOUT_WORDS:
        yield from gradebook.of_other_languages(book)
    if to == "classroom50":
        rounded = [f"{entry.student.shown}: {change}" for entry in book if (change := classroom50.changed(entry))]
        if rounded:
            yield say_many(
                "One mark was rounded, because Classroom 50 takes only whole numbers up to the maximum: {names}",
                "{count} marks were rounded, because Classroom 50 takes only whole numbers up to the maximum: {names}",
                count=len(rounded),
                names=match.listed(rounded),
            )


def chosen(book: Gradebook, student: str | None = None, exercise: str | None = None) -> Gradebook:
    """Return the part of a gradebook about one student, one exercise, or both, without data about other students.

    Args:
        book: the whole gradebook.
        student: id or e-mail address of the student.
        exercise: slug of the exercise.

    Raises:
        CourseError: the student or the exercise is not in the gradebook.
    """
    students, exercises, refused = book.students, book.exercises, book.refused
    if exercise is not None:
        if exercise not in exercises:
            names = ", ".join(exercises)
            raise CourseError(
                say(
                    "nothing was graded for {exercise}. Exercises with results: {names}", exercise=exercise, names=names
                )
            )
        exercises = (exercise,)
        refused = tuple(one for one in refused if one.exercise == exercise)
    if student is not None:
        one = _student(book, student)
        students = (one,)
        refused = tuple(no for no in refused if no.student is not None and no.student.id == one.id)
    entries = {
        (one.id, slug): replace(book.entries[one.id, slug], student=one) for one in students for slug in exercises
    }
    if student is not None:
        entries = {place: _alone(entry) for place, entry in entries.items()}
    return replace(book, students=students, exercises=exercises, entries=entries, refused=refused, gone=frozenset())


def _alone(entry: Entry) -> Entry:
    """Return an entry whose notes name no other student."""
    if not entry.same:
        return entry
    named, nameless = gradebook.same_file(entry.same), say("What another student handed in is identical.")
    return replace(entry, same=(), notes=tuple(nameless if note == named else note for note in entry.notes))


def _student(book: Gradebook, wanted: str) -> Student:
    found = [one for one in book.students if one.id == wanted] or [
        one for one in book.students if wanted and wanted.casefold() in (one.id.casefold(), one.email.casefold())
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        known = match.listed([one.id for one in book.students])
        raise CourseError(
            say(
                "no student has the id or e-mail address '{student}'. The ids are: {names}", student=wanted, names=known
            )
        )
    raise CourseError(say("'{student}' matches several students. Name one by id.", student=wanted))


def _canvas(book: Gradebook, asked: Options) -> Export:
    if asked.roster is None:
        raise CourseError(say(NEEDS_ROSTER))
    filled = canvas.fill(asked.roster, book, column=asked.column, scale=asked.scale, name=asked.roster_name)
    by_hand = [one.shown for one in book.students if any(entry.override for entry in book.of(one))]
    told = [say("Points given by hand: {names}", names=match.listed(by_hand))] if by_hand else []
    return Export(filled.content, (_entered(filled), *told, *filled.notes))


def _moodle(book: Gradebook, asked: Options) -> Export:
    if asked.roster is None:
        told = say(
            "Upload this file in Moodle under Grades > Import. To fill in an assignment's worksheet instead, pass the "
            "worksheet with --roster."
        )
        made = moodle.to_import(book, scale=asked.scale, bom=asked.bom)
        return Export(made.content, (told, *made.notes))
    if asked.bom:
        raise CourseError(
            say(
                "{option} cannot be combined with --roster: the sheet is written in the encoding in which it was read.",
                option="--bom",
            )
        )
    filled = moodle.fill(
        asked.roster,
        book,
        column=asked.column,
        feedback=asked.feedback,
        scale=asked.scale,
        name=asked.roster_name,
    )
    return Export(filled.content, (_entered(filled), *filled.notes))


def _entered(filled: sheet.Filled) -> str:
    return say_many(
        "One mark was filled in, in the column '{title}'.",
        "{count} marks were filled in, in the column '{title}'.",
        count=filled.count,
        title=filled.column,
    )


def _submission(book: Gradebook, entry: Entry, asked: Options) -> classroom50.Submission:
    if any(asked.environ.get(name) for name in classroom50.VARIABLES) and not asked.zip:
        return classroom50.Submission.of(asked.environ, entry)
    return classroom50.Submission.local(entry, book.title or "course")


def _zip(book: Gradebook, to: str, entries: list[Entry], asked: Options) -> Export:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            name = f"{entry.exercise}/{facts.file_name(entry.student.id)}.json"
            info = zipfile.ZipInfo(name)  # 1980: the bytes do not depend on the date
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, SINGLE[to](book, entry, asked))
    left = sum(1 for _ in book) - len(entries)
    notes = [say_many("One document was written.", "{count} documents were written.", count=len(entries))]
    if left:
        notes.append(
            say_many(
                "One was left out because nothing was handed in.",
                "{count} were left out because nothing was handed in.",
                count=left,
            )
        )
    return Export(target.getvalue(), tuple(notes))
