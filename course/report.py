"""What a grading came to: built from the grader's events, read by the terminal, JSON, JUnit and the exit code alike.

A check that did not report did not pass: the list that the grader announced at the start says what must report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from course import errors

CHECK_STATUSES = (
    "passed",
    "failed",
    "not_started",
    "crashed",
    "timeout",
    "out_of_memory",
    "skipped",
    "grader_error",
)
STATUSES = ("passed", "failed", "not_started", "not_gradable", "grader_error")
QUIET = ("not_started", "skipped")
"""Outcomes that say nothing about code that somebody has written."""


class Malformed(ValueError):
    """An event does not hold what an event of its kind holds."""


@dataclass(frozen=True)
class Difference:
    """The element of a numeric answer that is furthest off."""

    max_abs: float | None
    max_rel: float | None
    index: str | None
    tolerance: float | None


EXPLANATIONS = ("misconception", "pair", "relation", "crash", "loop", "follows")
NOT_DEFINED = "not-defined"
"""Id of the explanation of a check whose function is not in the file."""
MISUNDERSTOOD = ("misconception", "pair", "relation")
"""Kinds of explanations that are about what somebody thought; the others are about how the code ended."""


@dataclass(frozen=True)
class Explanation:
    """Why a check failed, as far as the grader knows."""

    kind: str
    id: str
    """Of a misconception, of two joined by ``+``, of a relation, of a message; of the check that this one follows."""
    text: str


@dataclass(frozen=True)
class Check:
    """One check's outcome, or its announcement (``status`` is then None)."""

    id: str
    function: str
    title: str
    visibility: str
    max_points: int
    points: int = 0
    status: str | None = None
    message: str | None = None
    expected: str | None = None
    actual: str | None = None
    difference: Difference | None = None
    mistake: str | None = None
    explanation: Explanation | None = None
    hint: str | None = None
    lesson: str | None = None
    depends_on: tuple[str, ...] = ()
    seconds: float | None = None
    stdout: str | None = None
    traceback: str | None = None
    remarks: tuple[str, ...] = ()
    """What was accepted although the docstring says otherwise."""
    compared: tuple[tuple[str, ...], ...] = ()
    """(what, expected, actual) of each comparison; visible checks only."""

    @property
    def passed(self) -> bool:
        """Whether the property holds."""
        return self.status == "passed"

    @property
    def quiet(self) -> bool:
        """Whether nothing was there to be judged."""
        return self.status in QUIET

    @property
    def misunderstood(self) -> Explanation | None:
        """The explanation, if it is one of something misunderstood."""
        return self.explanation if self.explanation and self.explanation.kind in MISUNDERSTOOD else None

    @property
    def follows(self) -> bool:
        """Whether another check has the same cause and tells it."""
        return self.explanation is not None and self.explanation.kind == "follows"

    @property
    def visible(self) -> bool:
        """Whether the values that were compared may be shown."""
        return self.visibility == "visible"


@dataclass(frozen=True)
class Misunderstanding:
    """Something that the grader named, with the checks it explains."""

    name: str
    hint: str
    checks: tuple[Check, ...]

    @property
    def heading(self) -> str:
        """The name in words."""
        return self.name.replace("-", " ")


@dataclass(frozen=True)
class Tally:
    """The checks of one function, counted."""

    function: str
    passed: int
    checks: int
    points: int
    max_points: int
    untouched: bool


@dataclass
class Report:
    """One grading as far as it is known; complete once ``take`` has seen the result or the fault."""

    exercise: str
    """``exercise-3``."""
    slug: str
    title: str
    file: str
    seed: int | None = None
    sandbox: str | None = None
    partial: bool = False
    """Only chosen checks were asked for."""
    announced: dict[str, Check] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    fault: str | None = None
    fault_exit_code: int = errors.GRADER_FAULT

    def take(self, event: Mapping[str, Any]) -> None:
        """Add one event of the grader; kinds that we do not know are left alone.

        Raises:
            Malformed: a field is missing or of another type.
        """
        kind = event["event"]
        if kind == "started":
            self.seed = _integer(event, "seed")
            self.sandbox = _string(event, "sandbox")
            self.announced = {check.id: check for check in _checks(event.get("checks"), announced=True)}
        elif kind == "check":
            check = _check(event.get("check"))
            self.checks[check.id] = check
        elif kind == "diagnosis":
            self._diagnose(event.get("checks"))
        elif kind == "result":
            self._finish(event.get("result"))
        elif kind == "fault":
            self.fail(_string(event, "message"), event.get("exit_code"))

    def fail(self, message: str, exit_code: object = None) -> None:
        """Note that the grading broke off through no fault of the student's."""
        self.fault = message
        if isinstance(exit_code, int) and exit_code != errors.PASSED:
            self.fault_exit_code = exit_code

    def refuse(self, message: str, max_points: int) -> None:
        """Note that the file is nothing that the grader could be asked about."""
        self.result = self.to_json("") | {"status": "not_gradable", "message": message, "max_points": max_points}

    def _diagnose(self, findings: object) -> None:
        if not isinstance(findings, dict):
            raise Malformed("diagnosis without checks")
        for check_id, finding in findings.items():
            if isinstance(finding, dict) and check_id in self.checks:
                before = self.checks[check_id]
                mistake = _optional(finding, "mistake")
                hint = _optional(finding, "hint") or before.hint
                found = _explanation(finding.get("explanation")) or _of_mistake(mistake, hint) or before.explanation
                self.checks[check_id] = replace(before, mistake=mistake, hint=hint, explanation=found)

    def _finish(self, result: object) -> None:
        if not isinstance(result, dict):
            raise Malformed("a result that is not an object")
        if result.get("status") not in STATUSES:
            raise Malformed(f"a result with the status {result.get('status')!r}")
        functions = {check.id: check.function for check in self.announced.values()}
        checks = _checks(result.get("checks"), functions=functions)
        self.checks = {check.id: check for check in checks}
        self.seed = result.get("seed") if isinstance(result.get("seed"), int) else self.seed
        self.sandbox = _optional(result, "sandbox") or self.sandbox
        self.result = result

    @property
    def missing(self) -> list[Check]:
        """Checks that were announced and did not report."""
        return [check for check in self.announced.values() if check.id not in self.checks]

    @property
    def broken(self) -> list[Check]:
        """Checks that failed through our own fault."""
        return [check for check in self.checks.values() if check.status == "grader_error"]

    @property
    def status(self) -> str:
        """One of ``STATUSES``; ``passed`` only if every announced check says so."""
        if self.fault is not None or self.result is None:
            return "grader_error"
        status = str(self.result["status"])
        if status == "not_gradable":
            return status
        if status == "grader_error" or self.broken or self.missing:
            return "grader_error"
        all_passed = all(check.passed for check in self.checks.values())
        if (status == "passed") != all_passed and self.checks:
            return "grader_error"  # the parts and the whole contradict each other
        return status

    @property
    def exit_code(self) -> int:
        """What ``course grade`` ends with."""
        if self.fault is not None:
            return self.fault_exit_code
        if self.status == "not_gradable":
            return errors.NOT_GRADABLE
        if self.status == "grader_error":
            return errors.GRADER_FAULT
        if not self.checks:
            return errors.NOTHING_TO_RUN if self.partial else errors.GRADER_FAULT
        return errors.PASSED if self.status == "passed" else errors.NOT_PASSED

    @property
    def points(self) -> int:
        """Points earned."""
        return sum(check.points for check in self.checks.values())

    @property
    def max_points(self) -> int:
        """Points that could be earned in this run."""
        return sum(check.max_points for check in (self.announced or self.checks).values())

    @property
    def message(self) -> str | None:
        """What stands in the way of grading, if anything does."""
        if self.fault is not None:
            return self.fault
        return _optional(self.result, "message") if self.result else None

    @property
    def seconds(self) -> float | None:
        """Wall clock of the grading."""
        value = self.result.get("seconds") if self.result else None
        return float(value) if isinstance(value, (int, float)) else None

    @property
    def failed(self) -> list[Check]:
        """Checks that did not pass, in pedagogical order."""
        order = {check_id: position for position, check_id in enumerate(self.announced)}
        unsorted = [check for check in self.checks.values() if not check.passed]
        return sorted(unsorted, key=lambda check: order.get(check.id, len(order)))

    def misunderstandings(self) -> list[Misunderstanding]:
        """What was named (misconceptions, pairs, relations), each once, in the order of the checks that show it."""
        explained: dict[str, list[Check]] = {}
        texts: dict[str, str] = {}
        for check in self.failed:
            if found := check.misunderstood:
                explained.setdefault(found.id, []).append(check)
                texts.setdefault(found.id, found.text)
        return [Misunderstanding(name, texts[name], tuple(checks)) for name, checks in explained.items()]

    def remarks(self) -> list[str]:
        """What was accepted although the docstring says otherwise, each once."""
        return list(dict.fromkeys(remark for check in self.checks.values() for remark in check.remarks))

    def first_to_look_at(self) -> Check | None:
        """The first check that failed by itself: written, tried, and not held up by another one."""
        loud = [check for check in self.failed if not (check.quiet or check.status == "grader_error")]
        causes = [check for check in loud if not check.follows]
        written = [check for check in causes if check.explanation is None or check.explanation.id != NOT_DEFINED]
        return next(iter(written or causes or loud), None)

    def tallies(self) -> list[Tally]:
        """One line per function, in the order of the exercise."""
        groups: dict[str, list[Check]] = {}
        for announced in (self.announced or self.checks).values():
            groups.setdefault(announced.function, []).append(self.checks.get(announced.id, announced))
        return [
            Tally(
                function=function,
                passed=sum(check.passed for check in checks),
                checks=len(checks),
                points=sum(check.points for check in checks),
                max_points=sum(check.max_points for check in checks),
                untouched=untouched(checks),
            )
            for function, checks in groups.items()
        ]

    def to_json(self, next_command: str) -> dict[str, Any]:
        """The object ``course/result/v1``; the grader's own where it delivered one, else what is known of it."""
        if self.fault is None and self.result is not None:
            return {**self.result, "next": next_command}
        message = self.message
        return {
            "schema": "course/result/v1",
            "exercise": self.exercise,
            "slug": self.slug,
            "title": self.title,
            "file": self.file,
            "sha256": None,
            "started": None,
            "seconds": None,
            "seed": self.seed,
            "sandbox": self.sandbox,
            "versions": {},
            "lang": None,
            "status": self.status,
            "message": message,
            "points": self.points,
            "max_points": self.max_points,
            "next": next_command,
            "checks": [_as_json(self.checks.get(check.id, check)) for check in self.announced.values()],
        }


def untouched(checks: Iterable[Check]) -> bool:
    """Whether these checks found nothing but the skeleton."""
    statuses = {check.status for check in checks}
    return "not_started" in statuses and statuses <= set(QUIET)


def _as_json(check: Check) -> dict[str, Any]:
    record = {name: getattr(check, name) for name in Check.__dataclass_fields__}
    difference = check.difference
    return record | {
        "status": check.status or "grader_error",
        "depends_on": list(check.depends_on),
        "compared": [list(line) for line in check.compared] or None,
        "difference": None if difference is None else vars(difference),
        "explanation": None if check.explanation is None else vars(check.explanation),
        "remarks": list(check.remarks),
    }


def _checks(value: object, *, announced: bool = False, functions: Mapping[str, str] | None = None) -> list[Check]:
    if not isinstance(value, list):
        raise Malformed("checks that are not a list")
    return [_check(item, announced=announced, functions=functions or {}) for item in value]


def _check(value: object, *, announced: bool = False, functions: Mapping[str, str] | None = None) -> Check:
    if not isinstance(value, dict):
        raise Malformed("a check that is not an object")
    check_id = _string(value, "id")
    check = Check(
        id=check_id,
        function=_optional(value, "function") or (functions or {}).get(check_id) or check_id.partition(".")[0],
        title=_string(value, "title"),
        visibility=_string(value, "visibility"),
        max_points=_integer(value, "max_points"),
    )
    if announced:
        return check
    status = _string(value, "status")
    if status not in CHECK_STATUSES:
        raise Malformed(f"{check_id}: unknown status {status!r}")
    seconds = value.get("seconds")
    depends_on = value.get("depends_on") or []
    mistake, hint = _optional(value, "mistake"), _optional(value, "hint")
    return replace(
        check,
        points=_integer(value, "points"),
        status=status,
        message=_optional(value, "message"),
        expected=_optional(value, "expected"),
        actual=_optional(value, "actual"),
        difference=_difference(value.get("difference")),
        mistake=mistake,
        explanation=_explanation(value.get("explanation")) or _of_mistake(mistake, hint),
        hint=hint,
        lesson=_optional(value, "lesson"),
        depends_on=tuple(str(name) for name in depends_on),
        seconds=float(seconds) if isinstance(seconds, (int, float)) else None,
        stdout=_optional(value, "stdout"),
        traceback=_optional(value, "traceback"),
        remarks=_remarks(value.get("remarks")),
        compared=tuple(tuple(str(part) for part in line) for line in value.get("compared") or []),
    )


def _explanation(value: object) -> Explanation | None:
    """None for what is none: a result is worth reading without it."""
    if not isinstance(value, dict) or value.get("kind") not in EXPLANATIONS:
        return None
    kind, name, text = value["kind"], value.get("id"), value.get("text")
    return Explanation(kind, name, text) if isinstance(name, str) and isinstance(text, str) else None


def _of_mistake(mistake: str | None, hint: str | None) -> Explanation | None:
    """From a grader that says ``mistake`` and ``hint`` only."""
    return Explanation("misconception", mistake, hint or "") if mistake else None


def _remarks(value: object) -> tuple[str, ...]:
    return tuple(remark for remark in value if isinstance(remark, str)) if isinstance(value, list) else ()


def _difference(value: object) -> Difference | None:
    if not isinstance(value, dict):
        return None
    numbers = {
        key: float(value[key]) if isinstance(value.get(key), (int, float)) else None
        for key in ("max_abs", "max_rel", "tolerance")
    }
    index = value.get("index")
    return Difference(index=None if index is None or index == [] else str(index), **numbers)


def _string(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise Malformed(f"{key} = {value!r} is not a string")
    return value


def _optional(record: Mapping[str, Any], key: str) -> str | None:
    """A string, or None; a value of another type is printed as what it is."""
    value = record.get(key)
    return value if value is None or isinstance(value, str) else str(value)


def _integer(record: Mapping[str, Any], key: str) -> int:
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed(f"{key} = {value!r} is not a whole number")
    return value
