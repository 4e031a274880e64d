"""One grading: a file goes in, events arrive on the way, a ``Result`` comes out.

``course grade``, ``course watch``, ``course class grade`` and ``course class verify`` call ``run``. A check that does
not report has not passed: the grader announces at the start which checks must report.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course import bundle, edition, errors, notebook, submission
from course.result import AnnouncedCheck, CheckResult, Explanation, Malformed, Result, Status, convert
from course.syllabus import Exercise
from course.text import say

if TYPE_CHECKING:
    from course.grader import Grader


class NothingToRun(Exception):
    """``only`` selects none of the exercise's checks."""


@dataclass
class Grading:
    """The current state of one grading; ``result`` is set once the last event has arrived."""

    number: int
    slug: str
    title: str
    file: str
    seed: int | None = None
    only: Sequence[str] = ()
    lang: str | None = None
    sandbox: str | None = None
    announced: dict[str, AnnouncedCheck] = field(default_factory=dict)
    checks: dict[str, CheckResult] = field(default_factory=dict)
    result: Result | None = None

    @property
    def id(self) -> str:
        """Return the id, for example ``exercise-3``."""
        return f"exercise-{self.number}"

    def take(self, event: Mapping[str, Any]) -> None:
        """Process one event of the grader; unknown kinds are ignored.

        Raises:
            Malformed: a field is missing or of another type.
            NothingToRun: the grader reports that no check was chosen.
        """
        kind = event.get("event")
        if kind == "started":
            self.seed = convert(event.get("seed"), int)
            self.sandbox = convert(event.get("sandbox"), str)
            announced = convert(event.get("checks"), list[AnnouncedCheck])
            self.announced = {check.id: check for check in announced}
            self.checks = {}  # a restarted grading begins here
        elif kind == "check":
            check: CheckResult = convert(event.get("check"), CheckResult)
            self.checks[check.id] = check
        elif kind == "diagnosis":
            self._diagnose(event.get("checks"))
        elif kind == "result":
            self._finish(Result.from_json(event.get("result")))
        elif kind == "fault":
            if event.get("exit_code") == errors.NOTHING_TO_RUN:
                raise NothingToRun
            self.fail(str(event.get("message")))

    def fail(self, message: str) -> None:
        """Record that the grading was interrupted through no fault of the student's."""
        self.result = self._told("grader_error", message)

    def refuse(self, message: str, max_points: int) -> None:
        """Record that the file cannot be given to the grader."""
        self.result = replace(self._told("not_gradable", message), max_points=max_points)  # for checks never announced

    def _told(self, status: Status, message: str) -> Result:
        """Build a result from what is known so far; checks that have not reported are our fault."""
        checks = [self.checks.get(one.id) or _silent(one) for one in self.announced.values()]
        told = Result(
            exercise=self.number,
            id=self.id,
            slug=self.slug,
            title=self.title,
            file=self.file,
            status=status,
            points=0,
            max_points=0,
            checks=checks,
            message=message,
            seed=self.seed,
            sandbox=self.sandbox,
            lang=self.lang,
            only=list(self.only),
            edition=edition.graded(self.slug),
        )
        told.count_points()
        return told

    def _diagnose(self, findings: object) -> None:
        if not isinstance(findings, dict):
            raise Malformed("diagnosis without checks")
        for check_id, finding in findings.items():
            if check_id in self.checks and isinstance(finding, dict):
                check = self.checks[check_id]
                check.mistake = convert(finding.get("mistake"), str | None)  # type: ignore[arg-type]
                check.hint = convert(finding.get("hint"), str | None) or check.hint  # type: ignore[arg-type]
                found: Explanation | None = convert(finding.get("explanation"), Explanation | None)  # type: ignore[arg-type]
                check.explanation = found or check.explanation

    def _finish(self, told: Result) -> None:
        """Take the grader's result, and add every announced check that it lacks."""
        missing = [_silent(one) for one in self.announced.values() if one.id not in {check.id for check in told.checks}]
        if missing and told.status != "not_gradable":
            told = replace(told, status="grader_error", checks=told.checks + missing)
            told.count_points()
        if not told.checks and told.status in ("passed", "failed", "not_started"):
            told.status = "grader_error"
        told.only = list(self.only) or told.only
        self.checks = {check.id: check for check in told.checks}
        self.seed, self.sandbox = told.seed, told.sandbox or self.sandbox
        self.result = told


def _silent(check: AnnouncedCheck) -> CheckResult:
    """Return the result of a check that should have reported."""
    return CheckResult(**vars(check), status="grader_error", message=say("No report from {check}.", check=check.id))


def run(
    grader: Grader,
    exercise: Exercise,
    file: Path,
    *,
    seed: int | None = None,
    only: Sequence[str] = (),
    lang: str = "en",
    heard: Callable[[Grading, Mapping[str, Any]], None] | None = None,
    shown: Path | None = None,
    cells: Sequence[Sequence[int]] = (),
) -> Result:
    """Grade one file, or the code of a notebook.

    Args:
        grader: a running grader.
        exercise: the exercise to grade it for.
        file: the submission; a name ending in .ipynb is read as a notebook.
        seed: seed of the run; None means a fresh one.
        only: ids of checks or groups; empty means all.
        lang: language of the messages.
        heard: called with the grading and each event as it arrives; before the first one, with an empty event.
        shown: the file's name in messages and in the result; None means its own name.
        cells: the cell of each line (``course.notebook``), if the file is the code of a notebook.

    Returns:
        The result, even if the grader failed.

    Raises:
        NothingToRun: ``only`` selects no check.
    """
    shown = shown or file
    grading = Grading(exercise.number, exercise.slug, exercise.title(lang), str(shown), seed, tuple(only), lang)
    notes: Sequence[str] = ()
    with contextlib.ExitStack() as folders:
        try:
            if notebook.is_notebook(file):
                found = notebook.load(file, exercise)
                folder = Path(folders.enter_context(tempfile.TemporaryDirectory(prefix="course-notebook-")))
                file = folder / f"{exercise.slug}.py"
                file.write_text(found.source, encoding="utf-8", newline="\n")
                cells, notes = found.cells, found.notes
            else:
                submission.read(file)
        except submission.NotGradable as reason:
            grading.refuse(str(reason), edition.points(exercise))
        else:
            if heard:
                heard(grading, {})
            _listen(grader, grading, exercise, file, heard, shown, cells)
    if grading.result is None:
        grading.fail(say("The grader ended its run without a result."))
    assert grading.result is not None
    grading.result.bundle = bundle.of(exercise.slug)
    if grading.result.status == "not_gradable":
        if other := _wrong_exercise(file, exercise):
            grading.result.message = f"{other}\n{grading.result.message}"
        if alone := submission.only_this_file(grading.result.message, shown):
            grading.result.message += f"\n{alone}"
    grading.result.notes = [*notes, *grading.result.notes]
    return grading.result


def _wrong_exercise(file: Path, exercise: Exercise) -> str | None:
    """Return a sentence that names the exercise, if the file is for another one."""
    with contextlib.suppress(submission.NotGradable, OSError):
        return submission.wrong_exercise(submission.read(file), exercise)
    return None


def _listen(
    grader: Grader,
    grading: Grading,
    exercise: Exercise,
    file: Path,
    heard: Callable[[Grading, Mapping[str, Any]], None] | None,
    shown: Path,
    cells: Sequence[Sequence[int]],
) -> None:
    more = {} if shown == file else {"shown": str(shown), "cells": [list(cell) for cell in cells]}
    try:
        for event in grader.grade(
            exercise=exercise.slug, file=file, seed=grading.seed, only=grading.only, lang=grading.lang or "en", **more
        ):
            grading.take(event)
            if heard:
                heard(grading, event)
    except Malformed as error:
        grading.fail(say("The grader sent an event that cannot be read: {reason}", reason=str(error)))
    except errors.GraderFault as error:
        grading.fail(error.message)
