"""The result of a grading, ``course/result/v1``: the grader fills in these objects, everything else reads them.

Terminal, JSON, JUnit, exit code and gradebook are all views of one ``Result``. ``course/result.schema.json`` is
generated from the classes below (``python -m scripts.schema``).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Annotated, Any, Literal, get_args

import msgspec

from course import errors
from course.text import say

SCHEMA: Literal["course/result/v1"] = "course/result/v1"

Status = Literal["passed", "failed", "not_started", "not_gradable", "grader_error"]
"""Status of a whole grading."""
CheckStatus = Literal[
    "passed", "failed", "not_started", "crashed", "timeout", "out_of_memory", "skipped", "grader_error"
]
Visibility = Literal["visible", "hidden"]
Edition = Literal["full", "student"]
"""``student``: a grader without references and misconceptions; only visible checks ran, without explanations by
simulation and without substitutes."""
ExplanationKind = Literal["misconception", "pair", "relation", "crash", "loop", "follows"]

STATUSES: tuple[str, ...] = get_args(Status)
CHECK_STATUSES: tuple[str, ...] = get_args(CheckStatus)
QUIET = ("not_started", "skipped")
"""Outcomes that say nothing about any code the student has written."""
NOT_DEFINED = "not-defined"
"""Id of the explanation for a check whose function is not in the file."""
CAUSES = ("misconception", "pair", "relation")
"""Kinds of explanations that name a cause; the others describe how the code ended."""
EXIT_CODES: Mapping[str, int] = {
    "passed": errors.PASSED,
    "failed": errors.NOT_PASSED,
    "not_started": errors.NOT_PASSED,
    "not_gradable": errors.NOT_GRADABLE,
    "grader_error": errors.GRADER_FAULT,
}
"""Status -> exit code of ``course grade``."""

Points = Annotated[int, msgspec.Meta(ge=0)]


class Malformed(ValueError):
    """A record does not match the schema."""


class Record:
    """Base class of records that always have all their fields.

    If a field is missing from the input of ``convert``, msgspec leaves its default to the class and would not write it.
    """

    def __post_init__(self) -> None:
        """Store the defaults in the instance."""
        for name, value in _defaults(type(self)):  # type: ignore[arg-type]
            vars(self).setdefault(name, value)


@functools.cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, object], ...]:
    return tuple((one.name, one.default) for one in fields(kind) if one.default is not MISSING)


@dataclass
class Difference:
    """The element of a numeric answer with the largest difference; None where it is not finite."""

    max_abs: float | None
    max_rel: float | None
    index: list[int] | None
    tolerance: float | None


@dataclass
class Explanation(Record):
    """Explanation of a failed check, as far as the grader knows."""

    kind: ExplanationKind
    id: str
    """Id of a misconception, of two joined by ``+``, of a relation or a message, or of the check that this follows."""
    text: str
    title: str | None = None
    """Title of the misconception, or of the two: a short statement. Other kinds have none."""

    @property
    def heading(self) -> str:
        """Return the title or, without one, the id in words."""
        return self.title or self.id.replace("-", " ")


@dataclass
class AnnouncedCheck(Record):
    """A check before it runs."""

    id: str
    title: str
    function: str
    """Group of checks that it belongs to."""
    visibility: Visibility
    max_points: Points
    bonus: bool = False
    """True for a bonus function: its points are counted separately, and leaving it out costs nothing."""

    @property
    def visible(self) -> bool:
        """Return whether the compared values can be shown."""
        return self.visibility == "visible"


@dataclass
class CheckResult(AnnouncedCheck):
    """The outcome of one check."""

    points: Points = 0
    status: CheckStatus = "grader_error"
    message: str = ""
    expected: str | None = None
    actual: str | None = None
    difference: Difference | None = None
    mistake: str | None = None
    """Id of the misconception, if exactly one explains the failure; the same as in ``explanation``."""
    explanation: Explanation | None = None
    hint: str | None = None
    lesson: str | None = None
    """Command that shows the lesson."""
    depends_on: list[str] = field(default_factory=list)
    seconds: float | None = None
    stdout: str = ""
    traceback: str | None = None
    remarks: list[str] = field(default_factory=list)
    """Answers that were accepted although they depart from the docstring; one sentence each."""
    compared: list[list[str]] | None = None
    """[what, expected, actual] for each comparison; visible checks only. If some are omitted, an entry with one string
    states how many."""

    @property
    def passed(self) -> bool:
        """Return whether the property holds."""
        return self.status == "passed"

    @property
    def quiet(self) -> bool:
        """Return whether there was nothing to judge."""
        return self.status in QUIET

    @property
    def cause(self) -> Explanation | None:
        """Return the explanation, if it names a misconception, a pair of them or a relation."""
        return self.explanation if self.explanation and self.explanation.kind in CAUSES else None

    @property
    def follows(self) -> bool:
        """Return whether another check has the same cause and explains it."""
        return self.explanation is not None and self.explanation.kind == "follows"


@dataclass(frozen=True)
class Cause:
    """A misconception, a pair of them or a relation named by the grader, with the checks that it explains."""

    id: str
    heading: str
    """Title, or the id in words."""
    text: str
    checks: tuple[CheckResult, ...]


@dataclass(frozen=True)
class Sums:
    """Totals of points."""

    points: int
    max_points: int
    bonus_points: int
    max_bonus_points: int

    @classmethod
    def of(cls, checks: Iterable[CheckResult]) -> Sums:
        """Add up the points that these checks earned and could have earned."""
        plain_ones: list[CheckResult] = []
        extra: list[CheckResult] = []
        for check in checks:
            (extra if check.bonus else plain_ones).append(check)
        return cls(
            points=sum(check.points for check in plain_ones),
            max_points=sum(check.max_points for check in plain_ones),
            bonus_points=sum(check.points for check in extra),
            max_bonus_points=sum(check.max_points for check in extra),
        )


@dataclass(frozen=True)
class Tally:
    """The results of one function's checks, counted."""

    function: str
    passed: int
    checks: int
    points: int
    max_points: int
    not_started: bool
    bonus: bool


@dataclass
class Result(Record):
    """A finished grading. ``exercise`` is the number, ``id`` the name (``exercise-3``)."""

    exercise: int
    id: str
    slug: str
    title: str
    file: str
    status: Status
    points: Points
    """Points for the required functions; those for bonus functions are counted separately."""
    max_points: Points
    checks: list[CheckResult]
    """Checks in the order of the exercise."""
    bonus_points: Points = 0
    max_bonus_points: Points = 0
    message: str = ""
    """Reason why the file could not be graded, if any."""
    next: str = ""
    """The command to type next."""
    schema: Literal["course/result/v1"] = SCHEMA
    sha256: str | None = None
    """Hash of the graded file; for a notebook, of the Python that was graded (``course.notebook``), without outputs."""
    bundle: str | None = None
    """Hash of what the verdict depends on: checks, reference, misconceptions, judge (``course.bundle``)."""
    started: str | None = None
    """ISO 8601, UTC."""
    seconds: float | None = None
    seed: int | None = None
    sandbox: str | None = None
    edition: Edition = "full"
    limits: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    lang: str | None = None
    only: list[str] = field(default_factory=list)
    """The checks that were requested; empty means all."""
    notes: list[str] = field(default_factory=list)
    """Parts of a notebook that were left out, or the reason why no misconception could be named; one sentence each."""

    @property
    def partial(self) -> bool:
        """Return whether only chosen checks were requested."""
        return bool(self.only)

    @property
    def exit_code(self) -> int:
        """Return the exit code of ``course grade``."""
        return EXIT_CODES[self.status]

    @property
    def failed(self) -> list[CheckResult]:
        """Return the checks that did not pass, in the order of the exercise, except bonus functions left out."""
        return [check for check in self.checks if not (check.passed or (check.bonus and check.quiet))]

    def count_points(self) -> None:
        """Add up the points that the checks have earned."""
        sums = Sums.of(self.checks)
        self.points, self.max_points = sums.points, sums.max_points
        self.bonus_points, self.max_bonus_points = sums.bonus_points, sums.max_bonus_points

    def causes(self) -> list[Cause]:
        """Return the causes (misconceptions, pairs, relations), each once, in the order of their checks."""
        explained: dict[str, list[CheckResult]] = {}
        told: dict[str, Explanation] = {}
        for check in self.failed:
            if found := check.cause:
                explained.setdefault(found.id, []).append(check)
                told.setdefault(found.id, found)
        return [Cause(name, told[name].heading, told[name].text, tuple(checks)) for name, checks in explained.items()]

    def remarks(self) -> list[tuple[str, str]]:
        """Return (check, remark) for accepted answers that depart from the docstring, each once per function."""
        told: dict[tuple[str, str], str] = {}
        for check in self.checks:
            for remark in check.remarks:
                told.setdefault((check.function, remark), check.id)
        return [(check, remark) for (_, remark), check in told.items()]

    def first_to_look_at(self) -> CheckResult | None:
        """Return the first check that failed by itself: written, tried, not blocked by another one; bonus ones last."""
        loud = [check for check in self.failed if not (check.quiet or check.status == "grader_error")]
        causes = [check for check in loud if not check.follows]
        asked = [check for check in causes if not check.bonus] or causes
        written = [check for check in asked if check.explanation is None or check.explanation.id != NOT_DEFINED]
        return next(iter(written or asked or loud), None)

    def tallies(self) -> list[Tally]:
        """Return one tally per function, in the order of the exercise."""
        groups: dict[str, list[CheckResult]] = {}
        for check in self.checks:
            groups.setdefault(check.function, []).append(check)
        return [
            Tally(
                function=function,
                passed=sum(check.passed for check in checks),
                checks=len(checks),
                points=sum(check.points for check in checks),
                max_points=sum(check.max_points for check in checks),
                not_started=not_started(checks),
                bonus=checks[0].bonus,
            )
            for function, checks in groups.items()
        ]

    def to_json(self) -> dict[str, Any]:
        """Return plain data, as described by the schema."""
        record: dict[str, Any] = plain(self)
        return record

    @classmethod
    def from_json(cls, record: object) -> Result:
        """Return the result described by a record; unknown fields are ignored.

        Raises:
            Malformed: a field is missing or of another type, or the parts and the whole contradict each other.
        """
        result: Result = convert(record, cls)
        if result.status in ("passed", "failed", "not_started") and result.checks:
            if result.status != overall(result.checks):
                raise Malformed(f"the status {result.status!r} contradicts those of the checks")
        sums = Sums.of(result.checks)
        for mine, summed in ((result.points, sums.points), (result.bonus_points, sums.bonus_points)):
            if mine != summed:
                raise Malformed(f"{mine} points are not the sum of those of the checks, {summed}")
        return result


def plain(record: AnnouncedCheck | Result | Explanation | None) -> Any:
    """Return a record as data that JSON can represent."""
    return msgspec.to_builtins(record)


def convert(record: object, kind: type[Any]) -> Any:
    """Convert a record to an object of this class.

    Raises:
        Malformed: the record does not describe one.
    """
    try:
        return msgspec.convert(record, kind)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from None


def overall(checks: Sequence[CheckResult]) -> Status:
    """Return the status of a whole grading from its checks; nothing to judge is our fault, never a pass.

    Bonus functions count only if nothing else was graded; but a fault of ours in one of them is always a fault.
    """
    everything = {check.status for check in checks}
    if not everything or "grader_error" in everything:
        return "grader_error"
    known = {check.status for check in checks if not check.bonus} or everything
    if known == {"passed"}:
        return "passed"
    return "not_started" if known <= set(QUIET) else "failed"


def next_command(status: Status, exercise: str) -> str:
    """Return the command to type after a grading of this exercise (``exercise-3``) with this status."""
    commands: dict[str, str] = {
        "passed": "course next",
        "failed": f"course hint {exercise}",
        "not_started": f"course read {exercise}",
        "not_gradable": f"course grade {exercise}",
        "grader_error": "course doctor",
    }
    return commands[status]


def not_defined(name: str) -> str:
    """Return the sentence about a function that is not in a file."""
    return say("your file does not define `{name}`", name=name)


def not_started(checks: Sequence[CheckResult]) -> bool:
    """Return whether these checks found only the skeleton."""
    statuses = {check.status for check in checks}
    return "not_started" in statuses and statuses <= set(QUIET)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``Result.to_json``: every field is always present."""
    schema = msgspec.json.schema(Result)
    for definition in schema["$defs"].values():
        definition["required"] = list(definition["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": SCHEMA}
