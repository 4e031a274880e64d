"""Build a store's gradebook: per student and exercise the attempt that counts, lateness, penalty and override."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import PurePath

from course import session, syllabus
from course.classroom import names, submissions
from course.classroom import policy as policies
from course.classroom.model import Entry, Gradebook, Override, Refused, Student
from course.classroom.policy import Policy
from course.classroom.roster import told_apart
from course.classroom.store import Store, Submission
from course.formats import facts, match
from course.result import Result
from course.syllabus import Exercise
from course.text import language, say

POLICY = "policy"
"""Name of the store's setting with the policy text."""


@dataclass(frozen=True)
class Attempt:
    """One attempt of a student at an exercise."""

    origin: str
    submitted: datetime | None
    result: Result
    sha256: str = ""
    notes: tuple[str, ...] = ()
    graded: bool = True
    folder: str = ""
    """Path of the batch's folder."""


def build(
    store: Store,
    policy: Policy | None = None,
    roster: Sequence[Student] | None = None,
    *,
    exercises: Sequence[str] | None = None,
    title: str = "",
) -> Gradebook:
    """Combine results, roster and policy into a gradebook.

    Args:
        store: the store of the class.
        policy: rules for attempts and lateness; None means the policy in the store.
        roster: students in roster order; None means the roster in the store.
        exercises: slugs; None means every exercise that anyone handed in.
        title: title of the class; by default the policy's.

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
    stray: dict[str, list[Refused]] = {}
    for no in {(no.student, no.exercise, no.origin, no.reason): no for no in reversed(store.refusals())}.values():
        exercise_of_it = no.exercise or (order[0].slug if len(order) == 1 else None)
        if no.student and exercise_of_it:
            refused.setdefault((no.student.id, exercise_of_it), []).append(no)
            continue
        homeless.append(no)
        if no.student:
            stray.setdefault(no.student.id, []).append(no)
    overrides = store.overrides()
    entries: dict[tuple[str, str], Entry] = {}
    for student in students:
        for exercise in order:
            place = (student.id, exercise.slug)
            attempts = [_attempt(store, one, exercise) for one in _distinct(handed.get(place, []))]
            turned_away = refused.get(place, [])
            if not attempts and not turned_away:  # a refused file may have been meant for it
                turned_away = stray.get(student.id, [])
            entries[place] = _entry(student, exercise, attempts, turned_away, policy, overrides.get(place))
    entries = _compared(entries, handed, students)
    return Gradebook(
        exercises=tuple(exercise.slug for exercise in order),
        students=tuple(students),
        entries=entries,
        refused=tuple(homeless),
        graded_at=store.graded_at(),
        title=title or policy.title,
        has_deadline=bool(policy.deadline or policy.deadlines),
        gone=frozenset(store.gone()),
    )


def _compared(
    entries: Mapping[tuple[str, str], Entry],
    handed: Mapping[tuple[str, str], Sequence[Submission]],
    students: Sequence[Student],
) -> dict[tuple[str, str], Entry]:
    """Return the entries, each with the other students whose file is the same, except skeletons and a group's file."""
    owners: dict[tuple[str, str], dict[str, set[tuple[str, str]]]] = {}
    for (student, slug), files in handed.items():
        for one in files:
            owners.setdefault((slug, one.sha256), {}).setdefault(student, set()).add((one.folder, one.origin))
    skeletons = {slug: submissions.skeleton(slug) for slug in {slug for _, slug in entries}}
    known = {student.id: student for student in students}
    compared = {}
    for place, entry in entries.items():
        alike = owners.get((entry.exercise, entry.sha256), {}) if entry.sha256 != skeletons[entry.exercise] else {}
        mine = alike.get(entry.student.id, set())
        same = tuple(known[other] for other, theirs in alike.items() if other in known and not mine & theirs)
        note = (same_file(same),) if same else ()
        compared[place] = replace(entry, same=same, notes=(*entry.notes, *note))
    return compared


def same_file(students: Sequence[Student]) -> str:
    """Return a note that names the students with the same file; for the instructor only."""
    names = match.listed([one.identified for one in students])
    return say("The graded code is identical to the graded code of: {names}", names=names)


def policy_of(store: Store) -> Policy:
    """Return the policy in the store; without one, the last attempt counts and nothing is late."""
    remembered = store.setting(POLICY)
    return policies.parse(remembered, store.path.name, needs_deadline=False) if remembered else Policy()


def _students(store: Store, roster: Sequence[Student] | None) -> list[Student]:
    known = store.students()
    if roster is None:
        return known
    listed = {student.id for student in roster}
    others = sorted((one for one in known if one.id not in listed), key=lambda one: one.id)
    return told_apart([*roster, *(replace(one, in_roster=False) for one in others)])


def _distinct(submissions: Sequence[Submission]) -> list[Submission]:
    """Return the attempts in the order of time.

    The same bytes in another folder are a copy of the first, whatever the file's time; in the same folder they are
    a separate attempt if their times differ. In both cases the time of the first one counts. Files with the same
    time are sorted by the numbers in their names (``lora.py``, ``lora (1).py``, ``lora (2).py``); among equal
    numbers, the file named after the exercise comes last.
    """
    home: dict[str, str] = {}
    first: dict[str, datetime] = {}
    found: dict[tuple[str, datetime | None], Submission] = {}
    for one in submissions:
        if one.submitted:
            first[one.sha256] = min(first.get(one.sha256, one.submitted), one.submitted)
        if home.setdefault(one.sha256, one.folder) == one.folder:
            found.setdefault((one.sha256, one.submitted), one)

    def place(one: Submission) -> tuple[bool, float, int, bool, int]:
        stem = PurePath(one.origin.rpartition("!")[2]).stem
        number = names.read(stem).attempt
        return one.submitted is not None, _stamp(one.submitted), number, stem == one.exercise, one.id

    return [replace(one, submitted=first.get(one.sha256)) for one in sorted(found.values(), key=place)]


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _attempt(store: Store, one: Submission, exercise: Exercise) -> Attempt:
    if one.grading is None:
        result = _told(exercise, one.origin, say("not graded yet"), ours=True)
    else:
        result = store.result(one.grading)
        result = replace(result, file=one.origin, notes=[*one.told, *result.notes])
    return Attempt(one.origin, one.submitted, result, one.sha256, one.notes, one.grading is not None, one.folder)


def _told(exercise: Exercise, origin: str, message: str, *, ours: bool) -> Result:
    """Return a result for a submission that no grader has seen."""
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
    """Return the entry of one student; the attempt that counts is a readable one, and refused files are only noted."""
    entry = Entry(
        student,
        exercise.slug,
        exercise.points,
        attempts=len(attempts),
        override=override,
        refused=tuple(no for no in refused if not _earlier(no.submitted, attempts)),
        notes=_told_of(refused),
    )
    if attempts:
        offered = [policies.Attempt(one.submitted, Decimal(one.result.points)) for one in attempts]
        place = policy.counts(offered, student, exercise.slug, exercise.points)
        chosen = attempts[place]
    elif refused:
        last = max(refused, key=lambda no: _stamp(no.submitted))
        result = _told(exercise, last.origin, last.reason, ours=False)
        return replace(entry, result=result, origin=last.origin, submitted=last.submitted)
    else:
        return entry
    late, penalty = policy.deduction(chosen.submitted, student, exercise.slug, chosen.result.points, exercise.points)
    accepted = policy.accepts(chosen.submitted, student, exercise.slug)
    expired = None if accepted else policy.last(student, exercise.slug)
    expiry = (facts.expiry(expired),) if expired else ()
    notes = _told_of(refused, chosen.submitted)
    if chosen.result.status == "not_gradable":
        notes = (chosen.result.message.partition("\n")[0], *notes)
    worths = [policy.worth(one, student, exercise.slug, exercise.points) for one in offered]
    return replace(
        entry,
        better=max(worths) if chosen.graded and max(worths) > worths[place] else None,
        result=chosen.result,
        origin=chosen.origin,
        sha256=chosen.sha256,
        submitted=chosen.submitted,
        late=late,
        penalty=penalty,
        terms=policy.terms(chosen.submitted, student, exercise.slug),
        expired=expired,
        graded=chosen.graded,
        notes=(*chosen.notes, *_told_which(chosen, attempts, policy), *expiry, *notes),
    )


def _earlier(submitted: datetime | None, attempts: Sequence[Attempt]) -> bool:
    """Return whether any attempt was made after this time."""
    times = [one.submitted for one in attempts if one.submitted]
    return submitted is not None and bool(times) and submitted < max(times)


def _told_of(refused: Sequence[Refused], counts: datetime | None = None) -> tuple[str, ...]:
    return tuple(facts.refused(f"{no.origin}: {no.reason}", no.submitted, counts) for no in refused)


def _told_which(chosen: Attempt, attempts: Sequence[Attempt], policy: Policy) -> Iterator[str]:
    """Yield notes on which of several attempts counts, and whether only its name made it the last."""
    if len(attempts) > 1:
        origin = _places(attempts)(chosen)
        yield say("Of {count} attempts, this one counts: {origin}", count=len(attempts), origin=origin)
    alike = [one for one in attempts if one.submitted == chosen.submitted and one.sha256 != chosen.sha256]
    if alike and policy.attempts != "best":
        yield say(
            ("{files}: same time, but different contents. Their names were used to decide which one came last."),
            files="; ".join(map(_places(attempts), alike)),
        )


def _places(attempts: Sequence[Attempt]) -> Callable[[Attempt], str]:
    """Return a function that gives an attempt's place: its name, with the batch's folder or its path where needed."""
    folders = {PurePath(one.folder) for one in attempts}
    if len(folders) < 2:
        return lambda one: one.origin
    if len({folder.name for folder in folders}) == len(folders):
        return lambda one: f"{PurePath(one.folder).name}/{one.origin}"
    return lambda one: f"{PurePath(one.folder).as_posix()}/{one.origin}"


def of_other_languages(book: Gradebook) -> list[str]:
    """Return notes on results in a language other than that of the output; results are not translated."""
    spoken = [entry.result.lang for entry in book if entry.result and entry.result.lang and entry.sha256]
    return [
        say(
            "{count} of {of} results were graded with --lang {lang}: their check titles, hints and "
            "messages stay in that language. For one language throughout, use --lang {lang} here, "
            "too.",
            count=spoken.count(lang),
            of=len(spoken),
            lang=lang,
        )
        for lang in sorted({*spoken} - {language()})
    ]


def timed(store: Store, book: Gradebook) -> Gradebook:
    """Return the gradebook with the time at which each mark last changed; the store keeps these times.

    Anything that changes a mark, or the text about it, sets a new time: a grading, a regrade, an override or its
    removal, another policy, roster or extension, a missing file.
    """
    since = store.since({place: _state(entry) for place, entry in book.entries.items()})
    return replace(book, entries={place: replace(entry, changed=since[place]) for place, entry in book.entries.items()})


def _state(entry: Entry) -> str:
    """Return the data about a mark that platforms receive, without the text, which depends on the language."""
    by_hand = entry.override
    return json.dumps(
        {
            "points": str(entry.points),
            "max_points": entry.max_points,
            "bonus_points": entry.result.bonus_points if entry.result else 0,
            "status": entry.status,
            "late": entry.late.total_seconds(),
            "penalty": str(entry.penalty),
            "attempts": entry.attempts,
            "submitted": facts.seconds_stamp(entry.submitted),
            "sha256": entry.sha256,
            "override": [str(by_hand.points), by_hand.reason] if by_hand else None,
        }
    )


def totals(book: Gradebook) -> Mapping[str, Decimal]:
    """Return id of each student -> total points, exact."""
    return {student.id: book.points(student) for student in book.students}
