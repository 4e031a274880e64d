"""The gradebook of a store: per student and exercise the attempt that counts, lateness, penalty and override."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from course import session, syllabus
from course.classroom import policy as policies
from course.classroom.model import Entry, Gradebook, Override, Refused, Student
from course.classroom.policy import Policy
from course.classroom.store import Store, Submission
from course.result import Result
from course.syllabus import Exercise
from course.text import say

POLICY = "policy"
"""Name under which a store keeps the text of its policy."""


@dataclass(frozen=True)
class Attempt:
    """One thing that a student handed in for an exercise."""

    origin: str
    submitted: datetime | None
    result: Result
    sha256: str = ""
    notes: tuple[str, ...] = ()


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
        policy: of attempts and lateness; None means the one that the store remembers.
        roster: in its order; None means the one that the store knows.
        exercises: slugs; None means those that anybody handed in for.
        title: of the class; that of the policy if there is none.

    Returns:
        A gradebook in which every student has an entry for every exercise.
    """
    policy = policy or policy_of(store)
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
            attempts = [_attempt(store, one, exercise) for one in _distinct(handed.get(place, []))]
            entry = _entry(student, exercise, attempts, refused.get(place, []), policy, overrides.get(place))
            entries[place] = entry
    return Gradebook(
        exercises=tuple(exercise.slug for exercise in order),
        students=tuple(students),
        entries=entries,
        refused=tuple(homeless),
        graded_at=store.graded_at(),
        title=title or policy.title,
    )


def policy_of(store: Store) -> Policy:
    """The policy that a store remembers; without one, the last attempt counts and nothing is late."""
    remembered = store.setting(POLICY)
    return policies.parse(remembered, store.path.name) if remembered else Policy()


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


def _attempt(store: Store, one: Submission, exercise: Exercise) -> Attempt:
    if one.grading is None:
        result = _told(exercise, one.origin, say("not graded yet"), ours=True)
    else:
        result = replace(store.result(one.grading), file=one.origin)
    return Attempt(one.origin, one.submitted, result, one.sha256, one.notes)


def _told(exercise: Exercise, origin: str, message: str, *, ours: bool) -> Result:
    """A result of what no grader has seen."""
    grading = session.Grading(exercise.number, exercise.slug, exercise.title(), origin)
    if ours:
        grading.fail(message)
    else:
        grading.refuse(message, exercise.points)
    assert grading.result
    return replace(grading.result, max_points=exercise.points)


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
        offered = [policies.Attempt(one.submitted, Decimal(one.result.points)) for one in attempts]
        chosen = attempts[policy.counts(offered, student, exercise.slug, exercise.points)]
    elif refused:
        last = max(refused, key=lambda no: _stamp(no.submitted))
        chosen = Attempt(last.origin, last.submitted, _told(exercise, last.origin, last.reason, ours=False))
    else:
        return entry
    late, penalty = policy.deduction(chosen.submitted, student, exercise.slug, chosen.result.points, exercise.points)
    return replace(
        entry,
        result=chosen.result,
        origin=chosen.origin,
        sha256=chosen.sha256,
        submitted=chosen.submitted,
        late=late,
        penalty=penalty,
        notes=(*chosen.notes, *notes),
    )


def totals(book: Gradebook) -> Mapping[str, Decimal]:
    """Id of each student -> all that counts, exact."""
    return {student.id: book.points(student) for student in book.students}
