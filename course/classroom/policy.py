"""The policy of an assignment: its deadline, the cost of lateness, and which attempt counts.

A policy is a small TOML file written by an instructor; every option is a field of ``Policy`` with the same name. A
misspelt option is an error, never ignored: it would change marks.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Literal, get_args

from course import syllabus
from course.classroom import times
from course.classroom.model import Student, Terms
from course.classroom.roster import folded
from course.compat import tomllib
from course.errors import CourseError
from course.text import say

CENT = Decimal("0.01")
MAX_BYTES = 2**20
Attempts = Literal["last", "best", "last-on-time"]
AfterCap = Literal["cap", "zero"]
PenaltyOf = Literal["max", "earned"]
PenaltyDays = Literal["started", "full"]
Sandbox = Literal["full", "auto"]
Extension = timedelta | datetime
"""Extra time, or a new deadline."""


@dataclass(frozen=True)
class Attempt:
    """The facts about one attempt that a policy uses to choose."""

    submitted: datetime | None
    """With a time zone; None if unknown, which counts as on time."""
    earned: Decimal = Decimal(0)
    """Points before lateness; used only by ``best``."""


@dataclass(frozen=True)
class Policy:
    """How an assignment is graded. Every option is optional."""

    title: str = ""
    """Title of the assignment in reports and exports."""
    exercises: tuple[str, ...] = ()
    """Exercises to grade: slugs (``"lora"``), numbers (``3``) or names (``"exercise-3"``). Default: every exercise."""
    time_zone: tzinfo | None = None
    """Time zone of all times that do not state their own, for example ``"Europe/Zurich"``."""
    deadline: datetime | None = None
    """Deadline: a date and time with an offset (``2026-03-29T23:59:00+02:00``), or without one in
    ``time_zone``. Work handed in at exactly this second is on time. Default: nothing is ever late."""
    deadlines: Mapping[str, datetime] = field(default_factory=dict)
    """Deadlines of single exercises, as a table; they take precedence over ``deadline``."""
    grace: timedelta = timedelta()
    """Time after the deadline during which work still counts as on time, for example ``"15m"``. Lateness is counted
    from the end of the grace period."""
    accept_until: datetime | timedelta | None = None
    """End of acceptance; later work earns nothing: a date and time, or a duration after the deadline (``"7d"``). An
    extension moves it as well. Default: late work is always accepted."""
    penalty_per_day: Decimal = Decimal(0)
    """Percent deducted for every day of lateness."""
    penalty_of: PenaltyOf = "max"
    """Base of the percentage: ``"max"``, the maximum points, or ``"earned"``, the points earned."""
    penalty_days: PenaltyDays = "started"
    """Days that are charged: every ``"started"`` day, so that one second late costs a day, or only ``"full"`` days."""
    penalty_cap: Decimal = Decimal(100)
    """Maximum percentage that lateness costs."""
    after_cap: AfterCap = "cap"
    """Result when the days would cost more than the cap: the penalty is the ``"cap"``, or the work is worth
    ``"zero"``."""
    extensions: Mapping[str, Extension | Mapping[str, Extension]] = field(default_factory=dict)
    """Longer deadlines by student id or e-mail address, as a table: ``s101 = "2d"`` for all exercises, or
    ``s102 = {lora = "1d"}`` for single ones; instead of a duration, a new deadline is also allowed
    (``s103 = 2026-04-05T23:59:00``). If the roster has an extension, too, the longer one counts."""
    attempts: Attempts = "last"
    """The attempt that counts: the ``"last"`` one, the ``"best"`` one after penalties, or ``"last-on-time"``: the
    last one that is not late, or simply the last one if all are."""
    seed: int | Literal["fresh", "per-student"] = "fresh"
    """Seed of the checks' random inputs: ``"fresh"`` draws one for every grading, a number is used for everyone, and
    ``"per-student"`` gives each student a fixed one."""
    sandbox: Sandbox = "auto"
    """Whether the command line is allowed to ask for less than the full sandbox: ``"full"`` forbids
    ``--allow-unsandboxed``, ``"auto"`` allows it. Without that option, grading always uses the full sandbox."""

    def due(self, student: Student, exercise: str) -> datetime | None:
        """Return a student's deadline, with the extension and without the grace period; None if there is none.

        Args:
            student: the student.
            exercise: slug of the exercise.
        """
        general = self.deadlines.get(exercise, self.deadline)
        if general is None:
            return None
        granted = self._granted(student, exercise)
        if isinstance(granted, timedelta):
            return times.later(general, max(student.extension, granted))
        return max(times.later(general, student.extension), granted)

    def extension(self, student: Student, exercise: str) -> timedelta:
        """Return a student's extra time, by roster or policy, whichever is longer."""
        granted = self._granted(student, exercise)
        if isinstance(granted, datetime):
            general = self.deadlines.get(exercise, self.deadline)
            granted = times.between(general, granted) if general else timedelta()
        return max(student.extension, granted)

    def _granted(self, student: Student, exercise: str) -> Extension:
        """Return the policy's extension for a student; it can be zero."""
        known = {folded(student.id), folded(student.email)}
        granted = next((given for name, given in self.extensions.items() if folded(name) in known), None)
        if isinstance(granted, Mapping):
            granted = granted.get(exercise)
        return granted or timedelta()

    def late(self, submitted: datetime | None, student: Student, exercise: str) -> timedelta:
        """Return the lateness after deadline, extension and grace period; whole seconds, never negative.

        Args:
            submitted: with a time zone; None, if unknown, is on time.
            student: the student.
            exercise: slug of the exercise.
        """
        return self._after(times.passed, submitted, student, exercise)

    def _after(
        self,
        measure: Callable[[datetime, datetime], timedelta],
        submitted: datetime | None,
        student: Student,
        exercise: str,
    ) -> timedelta:
        due = self.due(student, exercise)
        if due is None or submitted is None:
            return timedelta()
        return measure(times.later(due, self.grace), submitted.replace(microsecond=0))

    def accepts(self, submitted: datetime | None, student: Student, exercise: str) -> bool:
        """Return whether work handed in at this time can still earn points (``accept_until``)."""
        last = self.last(student, exercise)
        return submitted is None or last is None or submitted.replace(microsecond=0) <= last

    def last(self, student: Student, exercise: str) -> datetime | None:
        """Return the last time at which a student's work can earn points; None if there is no limit."""
        if self.accept_until is None:
            return None
        if isinstance(self.accept_until, timedelta):
            due = self.due(student, exercise)
            return times.later(due, self.accept_until) if due else None
        return times.later(self.accept_until, self.extension(student, exercise))

    def days(self, late: timedelta) -> int:
        """Return the number of days that are charged."""
        full, rest = divmod(late, timedelta(days=1))
        return full + (1 if rest and self.penalty_days == "started" else 0)

    def penalty(self, earned: Decimal | int, max_points: int, late: timedelta) -> Decimal:
        """Return the points deducted for lateness: never more than were earned; two places.

        Args:
            earned: points before lateness.
            max_points: the maximum points.
            late: lateness in wall-clock time.
        """
        earned = Decimal(earned)
        percent = self.penalty_per_day * self.days(late)
        if percent > self.penalty_cap:
            if self.after_cap == "zero":
                return earned.quantize(CENT)
            percent = self.penalty_cap
        base = earned if self.penalty_of == "earned" else Decimal(max_points)
        return min(earned, base * percent / 100).quantize(CENT, ROUND_HALF_UP)

    def deduction(
        self, submitted: datetime | None, student: Student, exercise: str, earned: Decimal | int, max_points: int
    ) -> tuple[timedelta, Decimal]:
        """Return lateness and penalty of one attempt; after ``accept_until``, the penalty is all that was earned.

        A day ends at the same time on the next day, even if the clocks change in between.
        """
        late = self.late(submitted, student, exercise)
        if not self.accepts(submitted, student, exercise):
            return late, Decimal(earned).quantize(CENT)
        return late, self.penalty(earned, max_points, self._after(times.between, submitted, student, exercise))

    def terms(self, submitted: datetime | None, student: Student, exercise: str) -> Terms | None:
        """Return the rules by which an attempt's lateness was measured and charged; None if it is not late."""
        due, late = self.due(student, exercise), self._after(times.between, submitted, student, exercise)
        if due is None or not late:
            return None
        return Terms(
            due=due,
            grace=self.grace,
            percent=self.penalty_per_day,
            of=self.penalty_of,
            days=self.penalty_days,
            charged=self.days(late),
            cap=self.penalty_cap,
            after_cap=self.after_cap,
        )

    def counts(self, attempts: Sequence[Attempt], student: Student, exercise: str, max_points: int) -> int:
        """Return the index of the attempt that counts.

        Args:
            attempts: at least one, in the order in which they were handed in.
            student: the student who handed them in.
            exercise: slug of the exercise.
            max_points: the maximum points.
        """
        positions = range(len(attempts))
        if self.attempts == "best":  # the last among equals
            return max(positions, key=lambda at: (self.worth(attempts[at], student, exercise, max_points), at))
        if self.attempts == "last-on-time":
            on_time = [at for at in positions if not self.late(attempts[at].submitted, student, exercise)]
            return max(on_time, default=positions[-1])
        return positions[-1]

    def level(self, unsandboxed: bool) -> Sandbox:
        """Return the sandbox level for grading; ``full`` unless the command line says otherwise.

        Args:
            unsandboxed: whether ``--allow-unsandboxed`` was given.

        Raises:
            CourseError: it was given, and this policy forbids it.
        """
        if unsandboxed and self.sandbox == "full":
            raise CourseError(
                say(
                    'the policy requires the full sandbox (sandbox = "full"), so --allow-unsandboxed cannot be used '
                    "with it."
                )
            )
        return "auto" if unsandboxed else "full"

    def worth(self, attempt: Attempt, student: Student, exercise: str, max_points: int) -> Decimal:
        """Return an attempt's points after its penalty."""
        return attempt.earned - self.deduction(attempt.submitted, student, exercise, attempt.earned, max_points)[1]

    def seed_of(self, student: Student, exercise: str) -> int | None:
        """Return the seed to grade with; None means a fresh one."""
        if self.seed == "fresh":
            return None
        if self.seed == "per-student":
            words = f"{self.title}\0{exercise}\0{folded(student.id)}".encode()
            return int.from_bytes(hashlib.sha256(words).digest()[:6], "big")
        return self.seed


OPTIONS = tuple(item.name for item in fields(Policy))


def load(path: Path, *, needs_deadline: bool = True) -> Policy:
    """Load a policy from a TOML file.

    Args:
        path: path of the file.
        needs_deadline: see ``parse``.

    Raises:
        CourseError: the file cannot be read or is not a valid policy; with the line number where known.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise CourseError(say("{file} is too large to be a policy file.", file=path.name))
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise CourseError(
            say("cannot read the policy {path}: {reason}.", path=str(path), reason=error.strerror or str(error))
        ) from error
    except UnicodeDecodeError:
        raise CourseError(say("{file} is not UTF-8 text.", file=path.name)) from None
    return parse(text, path.name, needs_deadline=needs_deadline)


def parse(text: str, name: str, *, needs_deadline: bool = True) -> Policy:
    """Parse a policy from TOML text.

    Args:
        text: content of the file.
        name: the file's name, for error messages.
        needs_deadline: whether a penalty without a deadline is an error. Gradescope has its own due date, and
            a store that contains such a policy must still open.

    Raises:
        CourseError: as ``load``.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(say("{file} is not valid TOML: {reason}", file=name, reason=str(error))) from None
    reader = _Reader(text, name)
    policy = reader.policy(table)
    if needs_deadline:
        reader.demand_deadline(policy)
    return policy


class _Reader:
    """Converts the values of a TOML table to those of a ``Policy``, and knows the line of each option."""

    def __init__(self, text: str, name: str) -> None:
        self.lines = text.splitlines()
        self.name = name
        self.home: tzinfo | None = None

    def policy(self, table: Mapping[str, Any]) -> Policy:
        for key in table:
            self.demand_known(key, OPTIONS, (key,))
        if "time_zone" in table:
            self.home = self.read(table, "time_zone", lambda value: times.zone(self.text(value)))
        readers: Mapping[str, Callable[[Any], Any]] = {
            "title": self.text,
            "exercises": self.exercises,
            "time_zone": lambda value: self.home,
            "deadline": self.moment,
            "grace": self.duration,
            "accept_until": self.limit,
            "penalty_per_day": self.percent,
            "penalty_of": lambda value: self.choice(value, get_args(PenaltyOf)),
            "penalty_days": lambda value: self.choice(value, get_args(PenaltyDays)),
            "penalty_cap": self.percent,
            "after_cap": lambda value: self.choice(value, get_args(AfterCap)),
            "attempts": lambda value: self.choice(value, get_args(Attempts)),
            "seed": self.seed,
            "sandbox": lambda value: self.choice(value, get_args(Sandbox)),
        }
        values = {key: self.read(table, key, readers[key]) for key in table if key in readers}
        if "deadlines" in table:
            values["deadlines"] = self.deadlines(table["deadlines"])
        if "extensions" in table:
            values["extensions"] = self.extensions(table["extensions"])
        if isinstance(values.get("accept_until"), timedelta) and not (values.keys() & {"deadline", "deadlines"}):
            raise self.complaint(("accept_until",), say("a duration is added to the deadline, but no deadline is set."))
        policy = Policy(**values)
        self.demand_time_for_work(policy)
        return policy

    def demand_deadline(self, policy: Policy) -> None:
        """Report options that depend on a deadline where there is none, since they would have no effect."""
        if policy.deadline or policy.deadlines:
            return
        needs = {
            "penalty_per_day": policy.penalty_per_day,
            "grace": policy.grace,
            "extensions": policy.extensions if policy.accept_until is None else None,
        }
        for option, value in needs.items():
            if value:
                raise self.complaint((option,), say("this needs a deadline, but no deadline is set."))

    def demand_time_for_work(self, policy: Policy) -> None:
        """Report an ``accept_until`` that is earlier than the time until which work is on time."""
        last = policy.accept_until
        general = [] if policy.deadline is None else [policy.deadline]
        for due in [*general, *policy.deadlines.values()]:
            until = times.later(due, last) if isinstance(last, timedelta) else last
            if until is not None and until < times.later(due, policy.grace):
                reason = say(
                    "this is before the end of the grace period after the deadline: work handed in on time "
                    "would earn nothing."
                )
                raise self.complaint(("accept_until",), reason)

    def read(self, table: Mapping[str, Any], key: str, reader: Callable[[Any], Any], *above: str) -> Any:
        """Read one value; any problem with it becomes an error with the line number."""
        try:
            return reader(table[key])
        except times.Unclear as reason:
            raise self.complaint((*above, key), str(reason)) from None

    def complaint(self, keys: Sequence[str], reason: str) -> CourseError:
        """Return the error for the option at these keys."""
        option = ".".join(keys)
        if line := self.line(keys):
            return CourseError(
                say("{file}, line {line}: {option}: {reason}", file=self.name, line=line, option=option, reason=reason)
            )
        return CourseError(say("{file}: {option}: {reason}", file=self.name, option=option, reason=reason))

    def line(self, keys: Sequence[str]) -> int | None:
        """Return the line of an option, as far as a text search can find it."""
        section: list[str] = []
        for number, line in enumerate(self.lines, start=1):
            if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
                section = [part.strip().strip("\"'") for part in header[1].split(".")]
                here = section
            elif assigned := re.match(r"""\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""", line):
                here = [*section, *(part.strip("\"'") for part in self.dotted(assigned[1]))]
            else:
                continue
            if here == list(keys) or (
                len(here) < len(keys) and here and here == list(keys[: len(here)]) and "{" in line
            ):
                return number
        return None

    @staticmethod
    def dotted(key: str) -> list[str]:
        return [key] if key[0] in "\"'" else key.split(".")

    def demand_known(self, key: str, known: Sequence[str], keys: Sequence[str]) -> None:
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
            reason = say("there is no such option.")
            if nearest:
                reason += " " + say("Did you mean '{name}'?", name=nearest[0])
            raise self.complaint(keys, reason)

    # Values. Each method raises Unclear with a sentence.

    @staticmethod
    def text(value: Any) -> str:
        if not isinstance(value, str):
            raise times.Unclear(say("the value must be text in quotes."))
        return value

    def duration(self, value: Any) -> timedelta:
        if not isinstance(value, str):
            raise times.Unclear(say("the value must be a duration in quotes, for example 2d, 36h or 1d 12h."))
        return times.duration(value)

    def moment(self, value: Any) -> datetime:
        if isinstance(value, date) and not isinstance(value, datetime):
            raise times.Unclear(say("'{text}' has no time of day. Add one, for example {text}T23:59.", text=str(value)))
        if not isinstance(value, (str, datetime)):
            raise times.Unclear(say("the value must be a date with a time, for example 2026-03-29T23:59:00."))
        return times.moment(value, self.home)

    def limit(self, value: Any) -> datetime | timedelta:
        if isinstance(value, str) and not re.match(r"\s*\d{4}-", value):
            return times.duration(value)
        return self.moment(value)

    @staticmethod
    def percent(value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
            raise times.Unclear(say("the value must be a percentage between 0 and 100."))
        return Decimal(str(value))

    @staticmethod
    def choice(value: Any, known: Sequence[str]) -> str:
        if value not in known:
            names = ", ".join(f'"{name}"' for name in known)
            raise times.Unclear(say("the value must be one of {names}.", names=names))
        return str(value)

    def seed(self, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            if not 0 <= value < 2**53:
                raise times.Unclear(say("a seed must be an integer from 0 to 2^53 - 1."))
            return value
        if value not in ("fresh", "per-student"):
            raise times.Unclear(say('a seed must be "fresh", "per-student" or an integer.'))
        return value

    def exercises(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not value:
            raise times.Unclear(say('the value must be a list of exercises, for example ["lora", "exercise-4"].'))
        slugs = [self.exercise(one) for one in value]
        if twice := next((slug for slug in slugs if slugs.count(slug) > 1), None):
            raise times.Unclear(say("{name} appears twice.", name=twice))
        return tuple(sorted(slugs, key=[exercise.slug for exercise in syllabus.load()].index))

    @staticmethod
    def exercise(value: Any) -> str:
        try:
            return syllabus.resolve(str(value)).slug
        except CourseError as error:
            raise times.Unclear(error.message) from None

    def deadlines(self, table: Any) -> dict[str, datetime]:
        if not isinstance(table, dict):
            raise self.complaint(
                ("deadlines",), say("this must be a table: a line [deadlines], then lora = 2026-03-29T23:59:00.")
            )
        return self.by_exercise(table, self.moment, "deadlines")

    def extensions(self, table: Any) -> dict[str, Extension | Mapping[str, Extension]]:
        if not isinstance(table, dict):
            raise self.complaint(("extensions",), say('this must be a table: a line [extensions], then s101 = "2d".'))
        given: dict[str, Extension | Mapping[str, Extension]] = {}
        for student, value in table.items():
            if isinstance(value, dict):
                given[student] = self.by_exercise(value, self.limit, "extensions", student)
            else:
                given[student] = self.read(table, student, self.limit, "extensions")
        return given

    def by_exercise(self, table: Mapping[str, Any], reader: Callable[[Any], Any], *above: str) -> dict[str, Any]:
        """Read a table with values for some of the exercises."""
        found: dict[str, Any] = {}
        for key in table:
            slug = self.read({key: key}, key, self.exercise, *above)
            if slug in found:
                raise self.complaint((*above, key), say("{name} appears twice.", name=slug))
            found[slug] = self.read(table, key, reader, *above)
        return found
