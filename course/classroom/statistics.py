"""Statistics of a class: pure functions of a ``Gradebook``, for the instructor's report.

A submission is counted only where it is informative: checks that failed through our fault, and bonus functions that
were not attempted, are not part of any rate. A figure with too little data is None, never 0.
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
"""Minimum number of submissions for a correlation; with fewer it is mostly chance."""
BINS = 10
"""Number of bars in a histogram, all of the same width."""
ENDED = ("crashed", "timeout", "out_of_memory")
"""Statuses of checks in which the code did not run to the end."""


@dataclass(frozen=True)
class Spread:
    """Summary statistics of some marks."""

    count: int
    mean: Decimal
    median: Decimal
    lowest: Decimal
    highest: Decimal

    @classmethod
    def of(cls, marks: Sequence[Decimal]) -> Spread | None:
        """Summarise marks; None if there are none."""
        if not marks:
            return None
        return cls(len(marks), statistics.mean(marks), statistics.median(marks), min(marks), max(marks))


@dataclass(frozen=True)
class Summary:
    """Key figures of the class."""

    students: int
    strangers: int
    """Students who are not on the roster; 0 if there is no roster."""
    handed_in: int
    """Students who handed in anything."""
    strangers_in: int
    """Students who handed in something and are not on the roster."""
    passed: int
    """Students who passed every exercise."""
    late: int
    """Students with at least one late submission that counts."""
    refused: int
    """Students with an exercise for which every file was refused."""
    not_gradable: int
    """Submissions that contain nothing to grade."""
    grader_errors: int
    """Submissions whose grading failed on our side."""
    overridden: int
    """Number of overrides."""
    totals: Spread | None
    """Total points of the students who handed in anything."""
    max_points: int


@dataclass(frozen=True)
class ExerciseFigures:
    """Key figures of one exercise."""

    exercise: str
    title: str
    handed_in: int
    passed: int
    late: int
    points: Spread | None
    """Points of those who handed it in."""
    max_points: int
    histogram: tuple[int, ...]


@dataclass(frozen=True)
class CheckFigures:
    """Results of one check in the whole class."""

    exercise: str
    id: str
    title: str
    function: str
    visible: bool
    bonus: bool
    counted: int
    """Number of submissions in which it was judged."""
    passed: int
    discrimination: float | None
    """Correlation with the other points; None with too few submissions or without variation."""

    @property
    def rate(self) -> float | None:
        """Return the share of the counted submissions that passed."""
        return self.passed / self.counted if self.counted else None


@dataclass(frozen=True)
class MisconceptionFigures:
    """A misconception, and the entries that have it."""

    exercise: str
    id: str
    title: str
    hint: str
    function: str
    entries: tuple[Entry, ...]
    """One entry per student."""

    @property
    def count(self) -> int:
        """Return the number of students."""
        return len(self.entries)


@dataclass(frozen=True)
class NotStarted:
    """A function, and how many handed in a file without it."""

    exercise: str
    function: str
    bonus: bool
    count: int
    of: int
    """Number of graded submissions."""


@dataclass(frozen=True)
class Trouble:
    """A submission whose code did not always run to the end."""

    entry: Entry
    crashed: int
    """Number of checks that crashed."""
    timeout: int
    out_of_memory: int
    functions: tuple[str, ...]

    @property
    def checks(self) -> int:
        """Return the number of all these checks."""
        return self.crashed + self.timeout + self.out_of_memory


def handed_in(entry: Entry) -> bool:
    """Return whether the student handed in anything for this exercise, readable or not."""
    return entry.status != "missing"


def graded(entry: Entry) -> bool:
    """Return whether checks have judged the submission."""
    return entry.result is not None and entry.result.status in ("passed", "failed", "not_started")


def active(gradebook: Gradebook) -> list[Student]:
    """Return the students who handed in anything."""
    return [student for student in gradebook.students if any(map(handed_in, gradebook.of(student)))]


def summary(gradebook: Gradebook) -> Summary:
    """Return the key figures of the class."""
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
    """Return the number of marks in each tenth of the points; full marks, and more, are in the last one.

    >>> histogram([Decimal(0), Decimal("0.99"), Decimal(1), Decimal(10), Decimal(12)], 10)
    (2, 1, 0, 0, 0, 0, 0, 0, 0, 2)
    """
    bars = [0] * BINS
    for mark in marks if max_points else ():
        bars[min(BINS - 1, max(0, int(mark * BINS / max_points)))] += 1
    return tuple(bars)


def totals(gradebook: Gradebook) -> tuple[int, ...]:
    """Return the histogram of total points, for the students who handed in anything."""
    return histogram((gradebook.points(student) for student in active(gradebook)), gradebook.max_points)


def exercises(gradebook: Gradebook) -> list[ExerciseFigures]:
    """Return the key figures of each exercise."""
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
    """Return Pearson's correlation between passing and a score; None if either does not vary.

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
    """Return whether the outcome says something about the student's code."""
    return check.status != "grader_error" and not (check.bonus and check.quiet)


def checks(gradebook: Gradebook) -> list[CheckFigures]:
    """Return the figures of every check, in the order of the exercises.

    The rest score of a submission is what it earned with its other checks of the exercise, including bonus points.
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
    """Return the checks with the lowest pass rates, without those that everyone passed."""
    known = [one for one in figures if one.counted and one.passed < one.counted]
    return sorted(known, key=lambda one: (one.passed / one.counted, -one.counted))[:most]


def least_discriminating(figures: Iterable[CheckFigures], most: int = 10, below: float = 0.2) -> list[CheckFigures]:
    """Return the checks least related to the other points: the lowest correlations under ``below``."""
    known = [(one.discrimination, one) for one in figures if one.discrimination is not None]
    return [one for value, one in sorted(known, key=lambda pair: pair[0]) if value < below][:most]


def misconceptions(gradebook: Gradebook) -> list[MisconceptionFigures]:
    """Return the misconceptions of the class by number of students, without relations."""
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
    """Return functions that some submissions have not begun, most frequent first; bonus functions last."""
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
    """Return submissions with checks that crashed or exceeded time or memory, worst first."""
    found = []
    for entry in gradebook:
        ended = [check for check in entry.result.checks if check.status in ENDED] if entry.result else []
        if ended:
            counts = {status: sum(check.status == status for check in ended) for status in ENDED}
            functions = tuple(dict.fromkeys(check.function for check in ended))
            found.append(Trouble(entry, **counts, functions=functions))
    return sorted(found, key=lambda one: -one.checks)


def slowest(gradebook: Gradebook, most: int = 10) -> list[tuple[Entry, float]]:
    """Return the gradings that took longest, with their seconds."""
    timed = [(entry, entry.result.seconds) for entry in gradebook if entry.result and entry.result.seconds]
    return sorted(timed, key=lambda pair: -pair[1])[:most]
