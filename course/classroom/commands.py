"""The work of ``course class grade``, ``verify``, ``regrade`` and ``override``, once their arguments are parsed."""

from __future__ import annotations

import contextlib
import getpass
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from rich.console import Console

from course import advice, bundle, errors, render, syllabus, text
from course.classroom import gradebook, run, screen, standing, verify
from course.classroom import policy as policies
from course.classroom import roster as rosters
from course.classroom.model import Entry, Override, Student
from course.classroom.run import Command, Counts, Crew, Job, Setup
from course.classroom.store import FRESH, Store, Submission, now
from course.errors import CourseError
from course.formats import match
from course.grader import Grader
from course.result import Result
from course.shell import quote
from course.signals import Stopped
from course.text import say, say_many


@dataclass(frozen=True)
class Wishes:
    """Options that the instructor has set."""

    jobs: int | None = None
    """Number of concurrent gradings; None means one per processor."""
    exercises: Sequence[str] | None = None
    """Slugs; None means all."""
    seed: int | None = None
    dask: str | None = None
    """Address of a scheduler; None means grading on this machine."""
    unsandboxed: bool = False


@contextlib.contextmanager
def _crew(setup: Setup, wishes: Wishes) -> Iterator[Crew]:
    if wishes.dask:
        with run.cluster(setup, wishes.dask, wishes.jobs) as crew:
            yield crew
    else:
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        with run.local(setup, wishes.jobs or processors) as crew:
            yield crew


def _work(
    store: Store,
    waiting: Sequence[Job],
    counts: Counts,
    setup: Setup,
    wishes: Wishes,
    console: Console,
) -> int | None:
    """Run the gradings and show a progress bar.

    Returns:
        The exit code if the run was interrupted.
    """
    names = {student.id: student.shown for student in store.students()}
    total = sum(len(job.submissions) for job in waiting)
    seconds = 0.0
    try:
        if waiting:
            with _crew(setup, wishes) as crew:
                screen.begun(console, crew.answer, total, crew.workers)
                with screen.Board(console, total, names) as board:
                    run.grade(waiting, store, crew, counts, board.graded)
                seconds = board.seconds
    except (KeyboardInterrupt, Stopped) as stop:
        done = counts.graded + counts.not_gradable + counts.ours
        console.print()
        render.line(
            console,
            say("Interrupted: {done} of {total} were graded, and their results are kept.", done=done, total=total),
        )
        return stop.exit_code if isinstance(stop, Stopped) else errors.INTERRUPTED
    screen.summary(console, counts, seconds, total)
    return None


def grade(
    command: Command,
    folder: Path,
    store_path: Path,
    wishes: Wishes,
    console: Console,
    again: str,
    *,
    roster: Path | None = None,
    policy: Path | None = None,
) -> int:
    """Grade the submissions in a folder.

    Args:
        command: starts the grader; None means ours.
        folder: the folder of submissions, or an archive.
        store_path: where results are kept; created if missing.
        wishes: the instructor's options.
        console: where to report.
        again: the command that repeats this run.
        roster: a CSV file; None means the roster in the store.
        policy: a TOML file; None means the policy in the store.

    Returns:
        The exit code.

    Raises:
        CourseError: one of the arguments cannot be used.
    """
    from course.classroom import submissions

    if not os.path.lexists(folder):  # before a store is created
        raise CourseError(say("there is no folder or archive {path}.", path=str(folder)))
    listed = rosters.read(roster) if roster else None
    students = listed.students if listed else None
    rules = policies.load(policy) if policy else None
    if rules:
        rules.level(wishes.unsandboxed)  # reports errors before a store is created
    with Store(store_path, create=True) as store, store.alone():
        level = (rules or gradebook.policy_of(store)).level(wishes.unsandboxed)
        setup = Setup(level, text.language(), command)
        before = _Before(store, rules, students)
        if students is not None:
            store.enrol(students)
        if policy is not None:
            store.remember(gradebook.POLICY, policy.read_text(encoding="utf-8-sig"))
        rules = rules or gradebook.policy_of(store)
        students = tuple(student for student in store.students() if student.in_roster)
        exercises = wishes.exercises or rules.exercises or None
        graded = [one for one in syllabus.load() if not one.planned and (not exercises or one.slug in exercises)]
        found = submissions.find(folder, graded, students or None, zone=rules.time_zone)
        known = {student.id: student for student in (*students, *(one.student for one in found.handed))}

        def seed(one: Submission) -> int | None:
            student = known.get(one.student) or Student(one.student)
            return wishes.seed if wishes.seed is not None else rules.seed_of(student, one.exercise)

        place = os.path.realpath(folder)
        marked = [one for one in store.submissions(place) if one.grading is not None]
        waiting, counts = run.take(found, store, place, setup, seed=seed, exercises=exercises)
        del found  # the store has the sources by now
        screen.refused(console, store.refusals(place))
        screen.ignored(console, store.ignored(place), match.SHOWN)
        if listed and listed.staff:
            render.line(
                console, say("Left out of the roster, because of their role: {names}", names=match.listed(listed.staff))
            )
        store.note("grade", folder=place, waiting=len(waiting), bundles=_bundles(waiting))
        code = _work(store, waiting, counts, setup, wishes, console)
        if code is not None:
            screen.gone(console, _gone(store, marked), place)
            screen.new_rules(console, before.changes(store, rules, exercises))
            render.next_step(console, advice.Advice(again, say("Continue where it stopped:")))
            return code
        store.note("graded", graded=counts.graded, reused=counts.reused, ours=counts.ours)
        book = gradebook.timed(store, gradebook.build(store, rules, exercises=exercises))
        screen.standing(console, standing.lines(book, rules))
        screen.gone(console, _gone(store, marked), place)
        screen.new_rules(console, before.changes(store, rules, exercises))
        outdated = screen.outdated(console, store.bundles())
    if counts.ours:
        render.next_step(console, advice.Advice(again, say("Retry what failed because of an error on our side:")))
        return errors.GRADER_FAULT
    if not counts.processed:
        render.next_step(
            console, advice.Advice("course class grade --help", say("There is nothing to grade here. See:"))
        )
        return errors.PASSED
    if outdated:
        render.next_step(console, _regrade_advice(store_path, wishes))
        return errors.PASSED
    following = quote("course", "class", "report", "--store", str(store_path))
    render.next_step(console, advice.Advice(following, say("Write the class report:")))
    return errors.PASSED


def _gone(store: Store, marked: Sequence[Submission]) -> list[tuple[str, str]]:
    """Return (student name, slug) of marks that no longer have a basis: neither a file nor an instructor's override.

    A file that is still there but belongs to another student under the new roster does not count as gone.
    """
    names = {student.id: student.shown for student in store.everybody()}
    left = store.submissions()
    places = {(one.student, one.exercise) for one in left} | store.overrides().keys()
    files = {(one.folder, one.origin, one.sha256) for one in left}
    gone = [
        (one.student, one.exercise)
        for one in marked
        if (one.student, one.exercise) not in places and (one.folder, one.origin, one.sha256) not in files
    ]
    return [(names.get(student, student), slug) for student, slug in dict.fromkeys(gone)]


def _regrade_advice(store_path: Path, wishes: Wishes | None = None) -> advice.Advice:
    return advice.Advice(_regrade(store_path, wishes), say("Grade again what has changed:"))


def _regrade(store_path: Path, wishes: Wishes | None = None) -> str:
    """Return the command that regrades whatever has changed, at the same sandbox level."""
    more = ["--allow-unsandboxed"] if wishes and wishes.unsandboxed else []
    return quote("course", "class", "regrade", "--store", str(store_path), *more)


class _Before:
    """The marks under the store's policy and roster, before they are replaced.

    Args:
        store: the store of the class.
        rules: the policy that replaces the old one; None keeps it.
        roster: the roster that replaces the old one; None keeps it.
    """

    def __init__(self, store: Store, rules: policies.Policy | None, roster: Sequence[Student] | None) -> None:
        self.rules = gradebook.policy_of(store)
        self.students = store.students()
        enrolled = [student for student in self.students if student.in_roster]
        self.graded: set[tuple[str, str]] = set()
        if rules not in (None, self.rules) or (roster is not None and enrolled != list(roster)):
            book = gradebook.build(store, self.rules)
            self.graded = {(one.student.id, one.exercise) for one in book if one.result and one.graded}

    def changes(
        self, store: Store, rules: policies.Policy, exercises: Sequence[str] | None
    ) -> list[tuple[Entry, Entry]]:
        """Return the marks that differ between the old rules and the new ones, both applied today."""
        if not self.graded:
            return []
        old = gradebook.build(store, self.rules, self.students, exercises=exercises).entries
        new = gradebook.build(store, rules, exercises=exercises).entries
        pairs = [(old[place], new[place]) for place in new if place in self.graded]
        return [(was, entry) for was, entry in pairs if was.points != entry.points]


def status(store_path: Path, console: Console, policy: Path | None = None) -> None:
    """Show the current marks, and notes about the class.

    Args:
        store_path: the store of the class.
        console: where to report.
        policy: a TOML file; None means the policy in the store.
    """
    given = policies.load(policy) if policy else None
    with Store(store_path) as store:
        rules = given or gradebook.policy_of(store)
        book = gradebook.build(store, rules, exercises=rules.exercises or None)
        refusals, left = store.refusals(), store.ignored()
        graded = store.bundles()
    screen.refused(console, refusals)
    screen.ignored(console, left)
    if not book.students:
        if not refusals:
            render.line(console, say("Nothing has been handed in yet."))
        return
    screen.marks(console, book, standing.cell, say(standing.LEGEND))
    screen.standing(console, standing.lines(book, rules))
    if screen.outdated(console, graded):
        render.next_step(console, _regrade_advice(store_path))


def _bundles(waiting: Sequence[Job]) -> dict[str, str]:
    return {job.key.exercise: job.key.bundle for job in waiting}


def regrade(
    command: Command, store_path: Path, wishes: Wishes, console: Console, again: str, *, dry_run: bool = False
) -> int:
    """Grade again the submissions affected by a correction of the checks, and show what changes.

    Args:
        command: starts the grader; None means ours.
        store_path: the store of the class.
        wishes: the instructor's options.
        console: where to report.
        again: the command that repeats this run.
        dry_run: only list what would be graded.

    Returns:
        The exit code.
    """
    with Store(store_path) as store, contextlib.nullcontext() if dry_run else store.alone():
        chosen = [one for one in store.submissions() if wishes.exercises is None or one.exercise in wishes.exercises]
        touched = [one for one in chosen if _touched(store, one)]
        setup = Setup(gradebook.policy_of(store).level(wishes.unsandboxed), text.language(), command)
        for slug in screen.in_course_order({one.exercise for one in chosen}):
            all_of_it = [one for one in chosen if one.exercise == slug]
            here = sum(one.exercise == slug for one in touched)
            screen.touched(console, syllabus.resolve(slug), here, len(all_of_it))
        if dry_run or not touched:
            following = _regrade(store_path, wishes)
            reason = (
                say("Grade them again:")
                if touched
                else say("Nothing needs to be graded again. Write the class report:")
            )
            if not touched:
                following = quote("course", "class", "report", "--store", str(store_path))
            render.next_step(console, advice.Advice(following, reason))
            return errors.PASSED
        last = max((number for number, *_ in store.regradings()), default=0)
        jobs = run.plan(touched, setup, lambda one: _policy_seed(store, one))
        waiting = [replace(job, seed=_recorded_seed(store, job.submissions[0])) for job in jobs]
        counts = Counts(reused=len(chosen) - len(touched))
        code = _work(store, waiting, counts, setup, wishes, console)
        _tell_changes(store, last, console)
        store.note("regrade", touched=len(touched), bundles=_bundles(waiting))
        gradebook.timed(store, gradebook.build(store))
    if code is not None or counts.ours:
        render.next_step(console, advice.Advice(again, say("Continue where it stopped:")))
        return errors.GRADER_FAULT if code is None else code
    following = quote("course", "class", "report", "--store", str(store_path))
    render.next_step(console, advice.Advice(following, say("Write the class report:")))
    return errors.PASSED


def _touched(store: Store, one: Submission) -> bool:
    """Return whether the submission was graded by checks other than today's."""
    return one.grading is not None and store.grading(one.grading).key.bundle != bundle.of(one.exercise)


def _policy_seed(store: Store, one: Submission) -> int | None:
    assert one.grading is not None
    policy = store.grading(one.grading).key.seed_policy
    return None if policy == FRESH else int(policy)


def _recorded_seed(store: Store, one: Submission) -> int | None:
    """Return the recorded seed, so that any difference comes from the checks and not from chance."""
    assert one.grading is not None
    return store.result(one.grading).seed


def _tell_changes(store: Store, since: int, console: Console) -> None:
    """Show what was graded again since then, before and after."""
    names = {student.id: student.shown for student in store.students()}
    overrides = store.overrides()
    moved, same = [], 0
    for _, one, before, after in store.regradings(since):
        old, new = store.result(before), store.result(after)
        if old.status == new.status and old.points == new.points and not verify.compare(old, new):
            same += 1
            continue
        moved.append(one)
        override = overrides.get((one.student, one.exercise))
        kept = str(override.points) if override else ""
        if len(moved) == 1:
            console.print()
            render.line(console, say("What has changed:"), "bold")
        screen.regraded(console, names.get(one.student) or one.student, old, new, kept)
    console.print()
    render.line(
        console,
        say_many("{count} result has changed", "{count} results have changed", count=len(moved))
        + ", "
        + say_many("{count} is unchanged.", "{count} are unchanged.", count=same),
    )


def check(command: Command, result_path: Path, file: Path, console: Console, *, unsandboxed: bool = False) -> int:
    """Verify a result.

    Args:
        command: starts the grader; None means ours.
        result_path: a result, as JSON.
        file: the file that the result is about.
        console: where to report.
        unsandboxed: accept any sandbox level.

    Returns:
        0 if the result is confirmed, 1 if not, 3 if the grader failed.
    """
    recorded = verify.load(result_path)
    exercise = verify.exercise_of(recorded)
    verify.demand_same_file(recorded, exercise, file)
    render.line(console, say("This is the file that was graded for this result."), "dim")
    return _confirmed(command, recorded, exercise, file, console, unsandboxed)


def _confirmed(
    command: Command, recorded: Result, exercise: syllabus.Exercise, file: Path, console: Console, unsandboxed: bool
) -> int:
    """Grade the file twice more and show what differs from the recorded result; return the exit code."""
    with Grader(command, level="auto" if unsandboxed else "full") as grader:
        found = verify.verify(recorded, exercise, file, grader)
    screen.bundles(console, found.same_bundle)
    screen.verified(console, found)
    if any(result.status == "grader_error" for result in found.new):
        return errors.GRADER_FAULT
    return errors.PASSED if found.same else errors.NOT_PASSED


def check_stored(
    command: Command, store_path: Path, name: str, slug: str, console: Console, *, unsandboxed: bool = False
) -> int:
    """Verify the result that counts for a student in a store.

    Args:
        command: starts the grader; None means ours.
        store_path: the store of the class.
        name: the student's name, as in the roster or the file names.
        slug: slug of the exercise.
        console: where to report.
        unsandboxed: accept any sandbox level.

    Returns:
        As ``check``.

    Raises:
        CourseError: the student is unknown, has no graded submission, or the policy requires the full sandbox.
    """
    with Store(store_path) as store:
        gradebook.policy_of(store).level(unsandboxed)
        student = _student(store, name)
        entry = gradebook.build(store, exercises=[slug]).entries[student.id, slug]
        if entry.result is None or not entry.sha256 or not entry.graded:
            raise CourseError(say("nothing of {student} was graded for {exercise}.", student=name, exercise=slug))
        source = store.source(entry.sha256)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{slug}.py"
        file.write_bytes(source)
        render.line(console, f"{student.shown}: {entry.origin}")
        return _confirmed(command, entry.result, syllabus.resolve(slug), file, console, unsandboxed)


def override(
    store_path: Path,
    name: str,
    slug: str,
    points: str | None,
    console: Console,
    *,
    reason: str = "",
    by: str | None = None,
    remove: bool = False,
) -> None:
    """Set a student's points by hand, or remove that override.

    Args:
        store_path: the store of the class.
        name: the student's name, as in the roster or the file names.
        slug: slug of the exercise.
        points: the points to set.
        console: where to report.
        reason: the reason, for the record.
        by: who sets them; None means the logged-in user.
        remove: remove the override.

    Raises:
        CourseError: the student is unknown, or the number of points is invalid.
    """
    with Store(store_path) as store:
        student = _student(store, name)
        before = store.overrides().get((student.id, slug))
        if remove:
            if before is None:
                raise CourseError(say("there is no override for {student} in {exercise}.", student=name, exercise=slug))
            store.override(student.id, slug, None, reason=reason, by=_author(by))
        else:
            _demand_exercise(store, slug)
            given = Override(_points(points or "", syllabus.resolve(slug)), reason, _author(by), now())
            store.override(student.id, slug, given)
        book = gradebook.timed(store, gradebook.build(store, exercises=[slug]))
        entry = book.entries[student.id, slug]
    screen.overridden(console, entry)
    following = quote("course", "class", "report", "--store", str(store_path))
    render.next_step(console, advice.Advice(following, say("Write the class report:")))


def _student(store: Store, name: str) -> Student:
    students = store.students()
    try:
        found = rosters.Roster(students).find(name)
    except rosters.Ambiguous as reason:
        raise CourseError(str(reason)) from None
    if found is None:
        raise CourseError(say("nobody in this class is called '{name}'.", name=name))
    return found


def _demand_exercise(store: Store, slug: str) -> None:
    """Refuse an exercise that the class does not have: an override for it would give everyone else 0 points."""
    known = set(gradebook.policy_of(store).exercises) or store.exercises()
    if slug not in known:
        raise CourseError(
            say(
                "{exercise} is not an exercise of this class. Its exercises are: {names}",
                exercise=slug,
                names=", ".join(screen.in_course_order(known)) or "-",
            )
        )


def _points(given: str, exercise: syllabus.Exercise) -> Decimal:
    most = exercise.points + exercise.bonus_points
    try:
        points = Decimal(given)
        if points.is_finite() and 0 <= points <= most and points == points.quantize(Decimal("0.01")):
            return points.quantize(Decimal("0.01"))
    except InvalidOperation:
        pass
    raise CourseError(
        say(
            "{points} is not a valid number of points: give one from 0 to {most}, with at most two decimal places.",
            points=given,
            most=most,
        )
    )


def _author(by: str | None) -> str:
    if by is not None:
        return by
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a process without a user name
        return ""
