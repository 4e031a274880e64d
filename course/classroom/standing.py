"""Notes on a graded class: who is missing, late, unknown, or handed in more than once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from course import notebook, syllabus
from course.classroom import names
from course.classroom.model import Entry, Gradebook, Student
from course.classroom.policy import Extension, Policy
from course.classroom.roster import folded, nearest
from course.classroom.submissions import CANVAS_LATE, EARLIER, TIME_OF_THE_FILE
from course.formats import facts, match
from course.text import mark, say, say_many

LEGEND = mark(
    "* set by hand, L late, - nothing handed in, R refused, ? not graded yet, ! not gradable or failed on our side"
)
"""Meaning of the signs next to points."""


def cell(entry: Entry) -> str:
    """Return the points of an entry with its signs."""
    if entry.override is None and entry.result is None:
        return "-"
    if entry.override is None and entry.status == "not_graded":
        return "?"
    signs = ("*" if entry.override else "") + (" L" if entry.late else "")
    if entry.status == "refused":
        signs += " R"
    if entry.status in ("not_gradable", "grader_error"):
        signs += " !"
    return facts.number(entry.points) + signs


def lines(book: Gradebook, policy: Policy | None = None) -> list[str]:
    """Return one sentence, with the first few names, for each situation that applies.

    Args:
        book: the gradebook of the class.
        policy: rules for lateness and attempts; without it, its extensions are not mentioned.
    """
    about_rules = _policy(book, policy) if policy else ()
    return [*_roster(book), *_refused(book), *_lateness(book), *_attempts(book), *_copies(book), *about_rules]


def _roster(book: Gradebook) -> Iterator[str]:
    enrolled = [student for student in book.students if student.in_roster]
    if not enrolled:
        return
    missing = [student for student in enrolled if all(entry.status == "missing" for entry in book.of(student))]
    gone = [student for student in missing if student.id in book.gone]
    yield say(
        "On the roster: {count}; handed in: {handed}; nothing from: {names}",
        count=len(enrolled),
        handed=len(enrolled) - len(missing),
        names=_named([student for student in missing if student not in gone]) or "-",
    )
    if gone:
        yield say("Handed in earlier, but their files are gone from the folder: {names}", names=_named(gone))
    if strangers := [student for student in book.students if not student.in_roster]:
        yield say(
            "Not on the roster: {names}. Is one of them missing above under a different name?",
            names=_named(strangers),
        )
        for one in strangers[: match.SHOWN]:
            if alike := nearest(one, enrolled):
                yield say(
                    "'{stranger}' may be {students}. If so, rename the file or folder: put the id in place of the "
                    "name. Then grade again.",
                    stranger=one.shown,
                    students=match.listed([known.identified for known in alike]),
                )


def _refused(book: Gradebook) -> Iterator[str]:
    if nothing_else := _students(book, lambda entry: entry.status == "refused"):
        yield say("Handed in only files that were refused: {names}", names=_named(nothing_else))
    if older := _students(book, lambda entry: bool(entry.refused) and entry.status != "refused"):
        yield say("Also handed in a file that was refused and does not count: {names}", names=_named(older))


def _lateness(book: Gradebook) -> Iterator[str]:
    late = _students(book, lambda entry: bool(entry.late))
    if late:
        lost = sum(entry.penalty for entry in book if entry.late)
        yield say(
            "Late: {count} ({names}), at a cost of {points} points in total",
            count=len(late),
            names=_named(late),
            points=facts.number(lost),
        )
    by_file = _students(book, lambda entry: bool(entry.late) and _only_the_file_says_so(entry))
    if by_file:
        yield say_many(
            "For {count} of them, only the timestamp of the file says so. Copying or unpacking files changes it.",
            "For {count} of them, only the timestamps of the files say so. Copying or unpacking files changes them.",
            count=len(by_file),
        )
    uncertain = sum(map(_only_the_file_says_so, book))
    if uncertain and book.has_deadline:
        yield say_many(
            "For {count} submission, the only known time is the timestamp of its file. Copying or "
            "unpacking files changes it.",
            (
                "For {count} submissions, the only known times are the timestamps of their files. "
                "Copying or unpacking files changes them."
            ),
            count=uncertain,
        )
    expired = _students(book, lambda entry: bool(entry.expired and entry.earned))
    if expired:
        yield say("Handed in after accept_until, and so worth nothing: {names}", names=_named(expired))
    unmarked = _students(book, lambda entry: bool(entry.late) and _only_the_file_says_so(entry) and _of_canvas(entry))
    if unmarked:
        yield say(
            "Late by the timestamps of their files, but not marked as late by Canvas: {names}", names=_named(unmarked)
        )
    marked = _students(book, lambda entry: not entry.penalty and say(CANVAS_LATE) in entry.notes)
    if marked:
        yield say("Marked as late by Canvas, but without a penalty here: {names}", names=_named(marked))


def _only_the_file_says_so(entry: Entry) -> bool:
    return say(TIME_OF_THE_FILE) in entry.notes


def _of_canvas(entry: Entry) -> bool:
    """Return whether Canvas named the file and did not mark it as late."""
    canvas = [found for part in re.split(r"[/!]", entry.origin) if (found := names.CANVAS.fullmatch(part))]
    return bool(canvas) and not any(found["late"] for found in canvas)


def _attempts(book: Gradebook) -> Iterator[str]:
    several = _students(book, lambda entry: entry.attempts > 1)
    if several:
        yield say("More than one attempt: {count} ({names})", count=len(several), names=_named(several))
    if lost := [(entry, entry.better) for entry in book if entry.better is not None and not entry.override]:
        yield say(
            (
                "Another attempt is worth more than the attempt that counts: {names}. To let the best "
                'attempt count, set attempts = "best" in the policy.'
            ),
            names=match.listed(
                [
                    say(
                        "{student} ({points} instead of {better})",
                        student=entry.student.shown,
                        points=facts.number(entry.points),
                        better=facts.number(better),
                    )
                    for entry, better in lost
                ]
            ),
        )
    only_there = _students(book, lambda entry: say(EARLIER) in entry.notes)
    if only_there:
        yield say(
            "Only the last attempt is graded, because Gradescope does not export earlier ones: {names}",
            names=_named(only_there),
        )


def _copies(book: Gradebook) -> Iterator[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for entry in book:
        if entry.same:
            groups.setdefault((entry.exercise, entry.sha256), []).append(entry.student.shown)
    shown = [
        f"{syllabus.resolve(exercise).id}: {' = '.join(names)}"
        for (exercise, _), names in groups.items()
        if len(names) > 1
    ]
    if shown:
        yield say("Identical files: {names}", names=match.listed(shown))
    if any(entry.same and entry.origin.lower().endswith(notebook.SUFFIX) for entry in book):
        yield say("In notebooks, only the graded code was compared: the definitions and the code that they use.")


def _policy(book: Gradebook, policy: Policy) -> Iterator[str]:
    for option, percent in (("penalty_per_day", policy.penalty_per_day), ("penalty_cap", policy.penalty_cap)):
        if 0 < percent < 1:
            yield say(
                "The policy says {option} = {value}, which is less than one percent. If you mean {more} percent, "
                "write {option} = {more}.",
                option=option,
                value=str(percent),
                more=f"{(percent * 100).normalize():f}",
            )
    yield from _extensions(book, policy)


def _extensions(book: Gradebook, policy: Policy) -> Iterator[str]:
    known = {folded(word) for student in book.students for word in (student.id, student.email)}
    if unknown := [name for name in policy.extensions if folded(name) not in known]:
        yield say(
            "The policy gives an extension to {names}, but no student has this id or e-mail address.",
            names=match.listed(unknown),
        )
    without_effect = [
        name for name, given in policy.extensions.items() if _is_without_effect(given, policy, book.exercises)
    ]
    if without_effect:
        yield say_many(
            "The extension that the policy gives to {names} does not end after the deadline, so it changes nothing.",
            "The extensions that the policy gives to {names} do not end after the deadline, so they change nothing.",
            count=len(without_effect),
            names=match.listed(without_effect),
        )


def _is_without_effect(given: Extension | Mapping[str, Extension], policy: Policy, exercises: Iterable[str]) -> bool:
    """Return whether an extension names a time no later than the deadline, for one of its exercises or for all."""
    single = isinstance(given, Mapping)
    each = given if isinstance(given, Mapping) else dict.fromkeys(exercises, given)
    early = [
        isinstance(until, datetime)
        and (due := policy.deadlines.get(slug, policy.deadline)) is not None
        and until <= due
        for slug, until in each.items()
    ]
    return any(early) if single else bool(early) and all(early)


def _students(book: Gradebook, fits: Callable[[Entry], bool]) -> list[Student]:
    return [student for student in book.students if any(map(fits, book.of(student)))]


def _named(students: Iterable[Student]) -> str:
    return match.listed([student.shown for student in students])
