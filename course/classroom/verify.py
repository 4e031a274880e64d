"""Verify a recorded result, and compare results before and after a correction of checks.

``verify`` grades a file twice more, once with the recorded seed and once with a fresh one. ``compare`` lists, check by
check, the differences between two results: in outcome, points, and the misconception that was named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from course import bundle, notebook, session, submission, syllabus
from course.errors import NOT_PASSED, CourseError
from course.grader import Grader
from course.result import CheckResult, Malformed, Result
from course.syllabus import Exercise
from course.text import say

MAX_BYTES = 2**26
"""Maximum size of a result file in bytes."""


class AnotherFile(CourseError):
    """The result is about another file."""

    exit_code = NOT_PASSED


@dataclass(frozen=True)
class Change:
    """One check in two gradings; None where it did not exist."""

    id: str
    before: CheckResult | None
    after: CheckResult | None


@dataclass(frozen=True)
class Verification:
    """The results of verifying."""

    recorded: Result
    repeated: Result
    """Result with the recorded seed."""
    fresh: Result
    same_bundle: bool | None
    """Whether the checks are the recorded ones; None if the result does not say."""

    @property
    def same(self) -> bool:
        """Return whether both new results agree with the recorded one."""
        return all(not compare(self.recorded, new) and _whole(new) == _whole(self.recorded) for new in self.new)

    @property
    def new(self) -> tuple[Result, Result]:
        """Return both new results."""
        return self.repeated, self.fresh


def load(path: Path) -> Result:
    """Load the result from a JSON file.

    Raises:
        CourseError: the file does not contain a result.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise CourseError(say("{file} is too large to be a result file.", file=path.name))
        return Result.from_json(json.loads(data))
    except OSError as error:
        raise CourseError(
            say("cannot read the result {path}: {reason}.", path=str(path), reason=error.strerror or str(error))
        ) from None
    except (ValueError, RecursionError) as error:  # Malformed is a ValueError, too
        reason = str(error) if isinstance(error, Malformed) else say("it is not JSON")
        raise CourseError(
            say("{file} is not a result of course grade: {reason}.", file=path.name, reason=reason)
        ) from None


def exercise_of(result: Result) -> Exercise:
    """Return the exercise that a result is about.

    Raises:
        CourseError: the exercise does not exist, or the result covers only some of its checks.
    """
    if result.partial:
        raise CourseError(say("this result covers only some of the checks (--only), so there is nothing to verify."))
    return syllabus.resolve(result.slug)


def demand_same_file(result: Result, exercise: Exercise, file: Path) -> None:
    """Refuse any file other than the one that the result is about.

    Raises:
        AnotherFile: the hashes differ.
        CourseError: the result has no hash, or the file cannot be read.
    """
    try:
        if notebook.is_notebook(file):
            source = notebook.load(file, exercise).source.encode("utf-8")
        else:
            source = submission.read(file)
    except submission.NotGradable as reason:
        raise CourseError(str(reason)) from None
    found = hashlib.sha256(source).hexdigest()
    if result.sha256 is None:
        raise CourseError(say("the result does not say which file was graded: it contains no hash."))
    if found != result.sha256:
        raise AnotherFile(
            say(
                "{file} is not the file that was graded: its SHA-256 begins with {found}, but the "
                "SHA-256 in the result begins with {recorded}.",
                file=file.name,
                found=found[:16],
                recorded=result.sha256[:16],
            )
        )


def verify(recorded: Result, exercise: Exercise, file: Path, grader: Grader) -> Verification:
    """Grade a file again, with the recorded seed and with a fresh one.

    Args:
        recorded: the result in question.
        exercise: the exercise that it is about.
        file: the file that it is about (``demand_same_file``).
        grader: a running grader.
    """
    lang = recorded.lang or "en"
    repeated = session.run(grader, exercise, file, seed=recorded.seed, lang=lang)
    fresh = session.run(grader, exercise, file, lang=lang)
    same = None if recorded.bundle is None else recorded.bundle == bundle.of(exercise.slug)
    return Verification(recorded, repeated, fresh, same)


def compare(before: Result, after: Result) -> list[Change]:
    """Return the checks that differ, in the order of the exercise, followed by those that no longer exist."""
    old = _by_id(before.checks)
    new = _by_id(after.checks)
    changes = [Change(name, old.get(name), check) for name, check in new.items()]
    changes += [Change(name, check, None) for name, check in old.items() if name not in new]
    return [change for change in changes if _verdict(change.before) != _verdict(change.after)]


def _by_id(checks: Sequence[CheckResult]) -> Mapping[str, CheckResult]:
    return {check.id: check for check in checks}


def _verdict(check: CheckResult | None) -> tuple[object, ...]:
    return (check.status, check.points, check.max_points) if check else ()


def _whole(result: Result) -> tuple[object, ...]:
    return result.status, result.points, result.max_points, result.bonus_points, result.max_bonus_points
