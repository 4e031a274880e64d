"""Builds the parts of a ``course.result.Result``: a record for each check, cut to a readable length, and versions."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import platform
from collections.abc import Sequence
from dataclasses import replace

from course import paths
from course.result import AnnouncedCheck, CheckResult, CheckStatus, Explanation, ExplanationKind
from course.text import say, translated
from grader.judge.check import CheckSpec

MAX_MESSAGE = 500
"""Characters of a message or a value, whatever a student's code puts into it."""
MAX_LINES = 40
MAX_SENTENCE = 1000
"""Characters of our own sentences: hints and explanations, which may quote the student's code."""
MAX_TRACEBACK = 8000
MAX_TRACEBACK_LINES = 100


def report_of(
    spec: CheckSpec, exercise: int, lang: str, status: CheckStatus = "grader_error", message: str = ""
) -> CheckResult:
    """Return the record of a check, with no points yet."""
    return CheckResult(
        **vars(announcement(spec, lang)),
        status=status,
        message=message,
        lesson=f"course read exercise-{exercise} {spec.function}",
        depends_on=list(spec.after),
        seconds=0.0,
    )


def announcement(spec: CheckSpec, lang: str) -> AnnouncedCheck:
    """Return the announcement of a check, sent before it runs."""
    return AnnouncedCheck(
        id=spec.id,
        title=translated(spec.title, lang),
        function=spec.function,
        visibility="visible" if spec.visible else "hidden",
        max_points=spec.points,
        bonus=spec.bonus,
    )


def bounded(check: CheckResult) -> CheckResult:
    """Cut the texts of a record to a readable length: those from a student's code may be megabytes long."""
    return replace(
        check,
        message=cut(check.message),
        expected=check.expected and cut(check.expected),
        actual=check.actual and cut(check.actual),
        hint=check.hint and cut(check.hint, MAX_SENTENCE),
        explanation=check.explanation and explanation(**vars(check.explanation)),
        stdout=_ours_hidden(check.stdout),
        traceback=check.traceback and cut(check.traceback, MAX_TRACEBACK, MAX_TRACEBACK_LINES),
        remarks=[cut(remark) for remark in check.remarks],
        compared=check.compared and [[cut(part) for part in line] for line in check.compared],
    )


def explanation(kind: ExplanationKind, id: str, text: str, title: str | None = None) -> Explanation:
    """Return an explanation with its text cut to the length allowed in a result."""
    return Explanation(kind, id, cut(text, MAX_SENTENCE), title)


def cut(text: str, limit: int = MAX_MESSAGE, lines: int = MAX_LINES) -> str:
    """Return a text without our own folder, cut to at most ``limit`` characters and ``lines`` lines.

    >>> cut("abcdef", 4)
    'abc…'
    """
    text = _ours_hidden(text[: 2 * limit + 1000])  # before a folder's name could be cut in half
    if text.count("\n") >= lines:
        text = "\n".join([*text.split("\n", lines - 1)[: lines - 1], "…"])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def listed(compared: Sequence[tuple[str, str, str]], limit: int) -> list[list[str]]:
    """Return the first distinct comparisons of a check, the number left out, and the last one, where it failed."""
    once = [list(entry) for entry in dict.fromkeys(compared)]
    if len(once) <= limit:
        return once
    left_out = say("... and {count} more", count=len(once) - limit)
    return [*once[: limit - 1], [left_out], once[-1]]


def _ours_hidden(text: str) -> str:
    """Remove the folder where the course is installed, which is of no use to a student and private."""
    return text.replace(f"{paths.ROOT}{os.sep}", "")


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions of Python, the platform and the libraries, on which the results depend."""
    found = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    for name in ("torch", "transformers", "peft", "numpy", "pytest"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
