"""The gradebook of a store: per student and exercise the attempt that counts, lateness, penalty and override."""

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
"""Name under which a store keeps the text of its policy."""


@dataclass(frozen=True)
class Attempt:
    """One thing that a student handed in for an exercise."""

    origin: str
    submitted: datetime | None
    result: Result
    sha256: str = ""
    notes: tuple[str, ...] = ()
    graded: bool = True
    folder: str = ""
    """Path of the folder of the batch."""


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
            if not attempts and not turned_away:  # what was refused may have been meant for it
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
    """The same entries, with whoever else handed in the very same file; the skeleton and a group's file are no copy."""
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
    """Whose file is the same; this is for the instructor alone."""
    names = match.listed([one.identified for one in students])
    return say("The graded code is identical to the graded code of: {names}", names=names)


def policy_of(store: Store) -> Policy:
    """The policy that a store remembers; without one, the last attempt counts and nothing is late."""
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
    """The attempts in the order of time.

    The same bytes in another folder are a copy of the first, whatever time its file has; in the same folder they are an
    attempt of their own if their time differs. Either way they came in when they came in first. Files of the same
    moment go by the numbers in their names (``lora.py``, ``lora (1).py``, ``lora (2).py``); of those with the same
    number, the one that is called as the exercise is comes last.
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
    """The attempt that counts is one that could be read; what was refused is noted, and never counts."""
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
    """Whether an attempt came after this moment."""
    times = [one.submitted for one in attempts if one.submitted]
    return submitted is not None and bool(times) and submitted < max(times)


def _told_of(refused: Sequence[Refused], counts: datetime | None = None) -> tuple[str, ...]:
    return tuple(facts.refused(f"{no.origin}: {no.reason}", no.submitted, counts) for no in refused)


def _told_which(chosen: Attempt, attempts: Sequence[Attempt], policy: Policy) -> Iterator[str]:
    """Which of several attempts counts, and whether only its name made it the last."""
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
    """Where an attempt lies: with the folder of its batch, if there are several, and with its path if need be."""
    folders = {PurePath(one.folder) for one in attempts}
    if len(folders) < 2:
        return lambda one: one.origin
    if len({folder.name for folder in folders}) == len(folders):
        return lambda one: f"{PurePath(one.folder).name}/{one.origin}"
    return lambda one: f"{PurePath(one.folder).as_posix()}/{one.origin}"


def of_other_languages(book: Gradebook) -> list[str]:
    """What to know if results are in another language than what is written around them: nobody translates these."""
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
    """The same gradebook with the times since when its marks have been what they are; the store keeps these times.

    Whatever gives a student another mark, or changes what is said about it, gives it a new time: a grading, a regrade,
    an override or its end, another policy, roster or extension, a file that is gone.
    """
    since = store.since({place: _state(entry) for place, entry in book.entries.items()})
    return replace(book, entries={place: replace(entry, changed=since[place]) for place, entry in book.entries.items()})


def _state(entry: Entry) -> str:
    """All that a platform is told of a mark, without the words, which are in some language."""
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
    """Id of each student -> all that counts, exact."""
    return {student.id: book.points(student) for student in book.students}
