"""The gradebook of a store: per student and exercise the attempt that counts, lateness, penalty and override."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from course import session, syllabus
from course.classroom.model import Entry, Gradebook, Override, Refused, Student
from course.classroom.store import Store, Submission
from course.result import Result
from course.syllabus import Exercise
from course.text import say

ATTEMPTS = ("last", "best", "last-on-time")
"""Which attempt may count."""


class Policy(Protocol):
    """What a gradebook needs to know of a policy."""

    @property
    def attempts(self) -> str:
        """One of ``ATTEMPTS``."""

    def late(self, submitted: datetime | None, student: Student, slug: str) -> timedelta:
        """How long after the deadline, extension and grace taken off; never negative."""

    def penalty(self, earned: Decimal, max_points: int, late: timedelta) -> Decimal:
        """The points that this costs."""


class Lenient:
    """The policy of a class without one: the last attempt counts, and nothing is late."""

    attempts = "last"

    def late(self, submitted: datetime | None, student: Student, slug: str) -> timedelta:
        """Never."""
        return timedelta()

    def penalty(self, earned: Decimal, max_points: int, late: timedelta) -> Decimal:
        """None."""
        return Decimal(0)


@dataclass(frozen=True)
class Attempt:
    """One thing that a student handed in for an exercise."""

    origin: str
    submitted: datetime | None
    result: Result
    sha256: str = ""
    late: timedelta = timedelta()
    penalty: Decimal = Decimal(0)
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> Decimal:
        """What it is worth."""
        return max(Decimal(0), Decimal(self.result.points) - self.penalty)


def build(
    store: Store,
    policy: Policy | None = None,
    roster: Sequence[Student] | None = None,
    *,
    exercises: Sequence[str] | None = None,
    title: str = "",
) -> Gradebook:
    """Put results, roster and policy together.

    Args:
        store: where everything lies.
        policy: of attempts and lateness; None means ``Lenient``.
        roster: in its order; None means the one that the store knows.
        exercises: slugs; None means those that anybody handed in for.
        title: of the class.

    Returns:
        A gradebook in which every student has an entry for every exercise.
    """
    policy = policy or Lenient()
    if policy.attempts not in ATTEMPTS:
        raise ValueError(f"attempts = {policy.attempts!r} is none of {', '.join(ATTEMPTS)}")
    chosen = store.exercises() if exercises is None else set(exercises)
    order = [exercise for exercise in syllabus.load() if exercise.slug in chosen]
    students = _students(store, roster)
    handed: dict[tuple[str, str], list[Submission]] = {}
    for one in store.submissions():
        handed.setdefault((one.student, one.exercise), []).append(one)
    refused: dict[tuple[str, str], list[Refused]] = {}
    homeless = []
    for no in store.refusals():
        if no.student and no.exercise:
            refused.setdefault((no.student.id, no.exercise), []).append(no)
        else:
            homeless.append(no)
    overrides = store.overrides()
    entries: dict[tuple[str, str], Entry] = {}
    for student in students:
        for exercise in order:
            place = (student.id, exercise.slug)
            attempts = [_attempt(store, one, student, exercise, policy) for one in _distinct(handed.get(place, []))]
            entry = _entry(student, exercise, attempts, refused.get(place, []), policy, overrides.get(place))
            entries[place] = entry
    return Gradebook(
        exercises=tuple(exercise.slug for exercise in order),
        students=tuple(students),
        entries=entries,
        refused=tuple(homeless),
        graded_at=store.graded_at(),
        title=title,
    )


def _students(store: Store, roster: Sequence[Student] | None) -> list[Student]:
    known = store.students()
    if roster is None:
        return known
    listed = {student.id for student in roster}
    others = sorted((one for one in known if one.id not in listed), key=lambda one: one.id)
    return [*roster, *(replace(one, in_roster=False) for one in others)]


def _distinct(submissions: Sequence[Submission]) -> list[Submission]:
    """The attempts in the order of time: the same file of the same moment is one, in however many folders it lies."""
    found: dict[tuple[str, datetime | None], Submission] = {}
    for one in submissions:
        found.setdefault((one.sha256, one.submitted), one)
    return sorted(found.values(), key=lambda one: (one.submitted is not None, _stamp(one.submitted), one.id))


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _attempt(store: Store, one: Submission, student: Student, exercise: Exercise, policy: Policy) -> Attempt:
    if one.grading is None:
        result = _told(exercise, one.origin, say("not graded yet"), ours=True)
    else:
        result = replace(store.result(one.grading), file=one.origin)
    late = max(policy.late(one.submitted, student, exercise.slug), timedelta())
    penalty = policy.penalty(Decimal(result.points), exercise.points, late) if late else Decimal(0)
    return Attempt(one.origin, one.submitted, result, one.sha256, late, penalty, one.notes)


def _told(exercise: Exercise, origin: str, message: str, *, ours: bool) -> Result:
    """A result of what no grader has seen."""
    grading = session.Grading(exercise.number, exercise.slug, exercise.title(), origin)
    if ours:
        grading.fail(message)
    else:
        grading.refuse(message, exercise.points)
    assert grading.result
    return replace(grading.result, max_points=exercise.points)


def counting(attempts: Sequence[Attempt], which: str) -> Attempt:
    """The attempt that counts, of at least one; of equally good ones the earliest.

    Args:
        attempts: in the order of time.
        which: ``last``, ``best`` or ``last-on-time`` (if all are late: the last).
    """
    if which == "best":
        return max(attempts, key=lambda attempt: attempt.points)  # max keeps the first of equals
    if which == "last-on-time":
        return ([attempt for attempt in attempts if not attempt.late] or list(attempts))[-1]
    return attempts[-1]


def _entry(
    student: Student,
    exercise: Exercise,
    attempts: Sequence[Attempt],
    refused: Sequence[Refused],
    policy: Policy,
    override: Override | None,
) -> Entry:
    """What was refused counts as an attempt only where nothing else was handed in; it is always noted."""
    notes = tuple(f"{no.origin}: {no.reason}" for no in refused)
    entry = Entry(
        student,
        exercise.slug,
        exercise.points,
        attempts=len(attempts) + len(refused),
        override=override,
        notes=notes,
    )
    if attempts:
        chosen = counting(attempts, policy.attempts)
    elif refused:
        last = max(refused, key=lambda no: _stamp(no.submitted))
        chosen = Attempt(last.origin, last.submitted, _told(exercise, last.origin, last.reason, ours=False))
        late = max(policy.late(last.submitted, student, exercise.slug), timedelta())
        chosen = replace(chosen, late=late)
    else:
        return entry
    return replace(
        entry,
        result=chosen.result,
        origin=chosen.origin,
        sha256=chosen.sha256,
        submitted=chosen.submitted,
        late=chosen.late,
        penalty=chosen.penalty,
        notes=(*chosen.notes, *notes),
    )


def totals(book: Gradebook) -> Mapping[str, Decimal]:
    """Id of each student -> all that counts, exact."""
    return {student.id: book.points(student) for student in book.students}
