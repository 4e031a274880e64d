"""The figures of a class: pure functions of a ``Gradebook``, for the instructor's report.

A submission counts where it tells something: a check that failed through our fault, or a bonus function that somebody
left out, is in no rate. What is too little to be a figure is None, never 0.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from course.classroom.model import Entry, Gradebook, Student
from course.result import CheckResult, not_started

FEWEST = 10
"""Submissions that a correlation needs; with fewer it is mostly chance."""
BINS = 10
"""Bars of a histogram, each as wide as the others."""
ENDED = ("crashed", "timeout", "out_of_memory")
"""Statuses of checks in which the code did not reach its end."""


@dataclass(frozen=True)
class Spread:
    """A handful of marks, summed up."""

    count: int
    mean: Decimal
    median: Decimal
    lowest: Decimal
    highest: Decimal

    @classmethod
    def of(cls, marks: Sequence[Decimal]) -> Spread | None:
        """None of no marks."""
        if not marks:
            return None
        return cls(len(marks), statistics.mean(marks), statistics.median(marks), min(marks), max(marks))


@dataclass(frozen=True)
class Summary:
    """The class in a few numbers."""

    students: int
    strangers: int
    """Of them, those who are not on the roster; 0 if there is none."""
    handed_in: int
    """Students who handed in anything."""
    strangers_in: int
    """Of these, those who are not on the roster."""
    passed: int
    """Students who passed every exercise."""
    late: int
    """Students with at least one late submission that counts."""
    refused: int
    """Students with an exercise for which all that they handed in was refused."""
    not_gradable: int
    """Submissions that hold nothing to grade."""
    grader_errors: int
    """Submissions whose grading failed on our side."""
    overridden: int
    """Marks that were set by hand."""
    totals: Spread | None
    """Of the students who handed in anything."""
    max_points: int


@dataclass(frozen=True)
class ExerciseFigures:
    """One exercise in a few numbers."""

    exercise: str
    title: str
    handed_in: int
    passed: int
    late: int
    points: Spread | None
    """Of those who handed it in."""
    max_points: int
    histogram: tuple[int, ...]


@dataclass(frozen=True)
class CheckFigures:
    """How one check went in the whole class."""

    exercise: str
    id: str
    title: str
    function: str
    visible: bool
    bonus: bool
    counted: int
    """Submissions in which it could be judged."""
    passed: int
    discrimination: float | None
    """Correlation with the other points; None if there are too few submissions or nothing varies."""

    @property
    def rate(self) -> float | None:
        """Share that passed, of those counted."""
        return self.passed / self.counted if self.counted else None


@dataclass(frozen=True)
class MisconceptionFigures:
    """A misconception, and who has it."""

    exercise: str
    id: str
    title: str
    hint: str
    function: str
    entries: tuple[Entry, ...]
    """One for each student."""

    @property
    def count(self) -> int:
        """Students."""
        return len(self.entries)


@dataclass(frozen=True)
class NotStarted:
    """A function, and how many handed in a file without it."""

    exercise: str
    function: str
    bonus: bool
    count: int
    of: int
    """Submissions that were graded."""


@dataclass(frozen=True)
class Trouble:
    """A submission whose code did not always reach its end."""

    entry: Entry
    crashed: int
    """Checks."""
    timeout: int
    out_of_memory: int
    functions: tuple[str, ...]

    @property
    def checks(self) -> int:
        """All of them."""
        return self.crashed + self.timeout + self.out_of_memory


def handed_in(entry: Entry) -> bool:
    """Whether there is anything by this student for this exercise, readable or not."""
    return entry.status != "missing"


def graded(entry: Entry) -> bool:
    """Whether checks have judged it."""
    return entry.result is not None and entry.result.status in ("passed", "failed", "not_started")


def active(gradebook: Gradebook) -> list[Student]:
    """Students who handed in anything."""
    return [student for student in gradebook.students if any(map(handed_in, gradebook.of(student)))]


def summary(gradebook: Gradebook) -> Summary:
    """The class in a few numbers."""
    students = active(gradebook)
    rostered = any(student.in_roster for student in gradebook.students)
    return Summary(
        students=len(gradebook.students),
        strangers=sum(rostered and not student.in_roster for student in gradebook.students),
        handed_in=len(students),
        strangers_in=sum(rostered and not student.in_roster for student in students),
        passed=sum(
            bool(gradebook.exercises) and all(entry.status == "passed" for entry in gradebook.of(student))
            for student in gradebook.students
        ),
        late=sum(any(entry.late for entry in gradebook.of(student)) for student in gradebook.students),
        refused=sum(
            any(entry.status == "refused" for entry in gradebook.of(student)) for student in gradebook.students
        ),
        not_gradable=sum(entry.status == "not_gradable" for entry in gradebook),
        grader_errors=sum(entry.status == "grader_error" for entry in gradebook),
        overridden=sum(entry.override is not None for entry in gradebook),
        totals=Spread.of([gradebook.points(student) for student in students]),
        max_points=gradebook.max_points,
    )


def histogram(marks: Iterable[Decimal], max_points: int) -> tuple[int, ...]:
    """How many marks lie in each tenth of the points; full marks, and more, are in the last one.

    >>> histogram([Decimal(0), Decimal("0.99"), Decimal(1), Decimal(10), Decimal(12)], 10)
    (2, 1, 0, 0, 0, 0, 0, 0, 0, 2)
    """
    bars = [0] * BINS
    for mark in marks if max_points else ():
        bars[min(BINS - 1, max(0, int(mark * BINS / max_points)))] += 1
    return tuple(bars)


def totals(gradebook: Gradebook) -> tuple[int, ...]:
    """The histogram of what the students have in all, of those who handed in anything."""
    return histogram((gradebook.points(student) for student in active(gradebook)), gradebook.max_points)


def exercises(gradebook: Gradebook) -> list[ExerciseFigures]:
    """One line for each exercise."""
    found = []
    for slug in gradebook.exercises:
        entries = [gradebook.entries[student.id, slug] for student in gradebook.students]
        there = [entry for entry in entries if handed_in(entry)]
        max_points = max((entry.max_points for entry in entries), default=0)
        marks = [entry.points for entry in there]
        found.append(
            ExerciseFigures(
                exercise=slug,
                title=next((entry.result.title for entry in there if entry.result), slug),
                handed_in=len(there),
                passed=sum(entry.status == "passed" for entry in there),
                late=sum(bool(entry.late) for entry in there),
                points=Spread.of(marks),
                max_points=max_points,
                histogram=histogram(marks, max_points),
            )
        )
    return found


def point_biserial(passed: Sequence[bool], rest: Sequence[float]) -> float | None:
    """Pearson's correlation between passing and a score; None if one of them does not vary.

    >>> point_biserial([True, True, False, False], [4, 3, 2, 1])
    0.8944271909999159
    """
    ones = [score for score, fine in zip(rest, passed, strict=True) if fine]
    zeros = [score for score, fine in zip(rest, passed, strict=True) if not fine]
    if not ones or not zeros:
        return None
    spread = statistics.pstdev(rest)
    if not spread:
        return None
    share = len(ones) / len(rest)
    return (statistics.fmean(ones) - statistics.fmean(zeros)) / spread * math.sqrt(share * (1 - share))


def judged(check: CheckResult) -> bool:
    """Whether the outcome says something about the student's code."""
    return check.status != "grader_error" and not (check.bonus and check.quiet)


def checks(gradebook: Gradebook) -> list[CheckFigures]:
    """Every check, in the order of the exercises.

    A rest score is what the same submission earned with its other checks of the exercise, bonus included.
    """
    met: dict[tuple[str, str], CheckResult] = {}
    outcomes: dict[tuple[str, str], list[tuple[bool, float]]] = {}
    for slug in gradebook.exercises:
        for student in gradebook.students:
            result = gradebook.entries[student.id, slug].result
            if result is None or not graded(gradebook.entries[student.id, slug]):
                continue
            everything = sum(check.points for check in result.checks)
            for check in result.checks:
                met.setdefault((slug, check.id), check)
                outcomes.setdefault((slug, check.id), [])
                if judged(check):
                    outcomes[slug, check.id].append((check.passed, everything - check.points))
    return [
        CheckFigures(
            exercise=slug,
            id=name,
            title=check.title,
            function=check.function,
            visible=check.visible,
            bonus=check.bonus,
            counted=len(pairs := outcomes[slug, name]),
            passed=sum(fine for fine, _ in pairs),
            discrimination=(
                point_biserial([fine for fine, _ in pairs], [rest for _, rest in pairs])
                if len(pairs) >= FEWEST
                else None
            ),
        )
        for (slug, name), check in met.items()
    ]


def hardest(figures: Iterable[CheckFigures], most: int = 10) -> list[CheckFigures]:
    """Those that the smallest share passed; not those that everybody passed."""
    known = [one for one in figures if one.counted and one.passed < one.counted]
    return sorted(known, key=lambda one: (one.passed / one.counted, -one.counted))[:most]


def least_discriminating(figures: Iterable[CheckFigures], most: int = 10, below: float = 0.2) -> list[CheckFigures]:
    """Those whose outcome has least to do with the other points: the lowest correlations under ``below``."""
    known = [(one.discrimination, one) for one in figures if one.discrimination is not None]
    return [one for value, one in sorted(known, key=lambda pair: pair[0]) if value < below][:most]


def misconceptions(gradebook: Gradebook) -> list[MisconceptionFigures]:
    """The misconceptions of the class, by the number of students; relations are no misconceptions and are left out."""
    found: dict[tuple[str, str], list[Entry]] = {}
    told: dict[tuple[str, str], tuple[str, str, str]] = {}
    for entry in gradebook:
        for cause in entry.result.causes() if entry.result else ():
            explanation = cause.checks[0].cause
            if explanation is None or explanation.kind not in ("misconception", "pair"):
                continue
            key = (entry.exercise, cause.id)
            found.setdefault(key, []).append(entry)
            told.setdefault(key, (cause.heading, cause.text, cause.checks[0].function))
    return sorted(
        (
            MisconceptionFigures(slug, name, *told[slug, name], tuple(entries))
            for (slug, name), entries in found.items()
        ),
        key=lambda one: -one.count,
    )


def not_started_functions(gradebook: Gradebook) -> list[NotStarted]:
    """Functions that somebody who handed in has not begun, by their number; bonus functions last."""
    order: dict[tuple[str, str], list[bool]] = {}
    bonus: dict[tuple[str, str], bool] = {}
    for entry in gradebook:
        if entry.result is None or not graded(entry):
            continue
        groups: dict[str, list[CheckResult]] = {}
        for check in entry.result.checks:
            groups.setdefault(check.function, []).append(check)
        for function, group in groups.items():
            order.setdefault((entry.exercise, function), []).append(not_started(group))
            bonus[entry.exercise, function] = group[0].bonus
    found = [
        NotStarted(slug, function, bonus[slug, function], sum(outcomes), len(outcomes))
        for (slug, function), outcomes in order.items()
        if any(outcomes)
    ]
    return sorted(found, key=lambda one: (one.bonus, -one.count))


def troubles(gradebook: Gradebook) -> list[Trouble]:
    """Submissions with checks that crashed or ran out of time or memory, the most troubled first."""
    found = []
    for entry in gradebook:
        ended = [check for check in entry.result.checks if check.status in ENDED] if entry.result else []
        if ended:
            counts = {status: sum(check.status == status for check in ended) for status in ENDED}
            functions = tuple(dict.fromkeys(check.function for check in ended))
            found.append(Trouble(entry, **counts, functions=functions))
    return sorted(found, key=lambda one: -one.checks)


def slowest(gradebook: Gradebook, most: int = 10) -> list[tuple[Entry, float]]:
    """The gradings that took longest, with their seconds."""
    timed = [(entry, entry.result.seconds) for entry in gradebook if entry.result and entry.result.seconds]
    return sorted(timed, key=lambda pair: -pair[1])[:most]
