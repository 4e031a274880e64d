"""What the judge puts into a ``course.result.Result``: a record for each check, cut to bearable lengths; versions."""

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
"""Of our own: hints and explanations, which may quote the student's code."""
MAX_TRACEBACK = 8000
MAX_TRACEBACK_LINES = 100


def report_of(
    spec: CheckSpec, exercise: int, lang: str, status: CheckStatus = "grader_error", message: str = ""
) -> CheckResult:
    """The record of a check that has earned nothing yet."""
    return CheckResult(
        **vars(announcement(spec, lang)),
        status=status,
        message=message,
        lesson=f"course read exercise-{exercise} {spec.function}",
        depends_on=list(spec.after),
        seconds=0.0,
    )


def announcement(spec: CheckSpec, lang: str) -> AnnouncedCheck:
    """What is said of a check before it runs."""
    return AnnouncedCheck(
        id=spec.id,
        title=translated(spec.title, lang),
        function=spec.function,
        visibility="visible" if spec.visible else "hidden",
        max_points=spec.points,
        bonus=spec.bonus,
    )


def bounded(check: CheckResult) -> CheckResult:
    """The record, cut to bearable lengths: what a student's code had a say in may be megabytes long."""
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
    """Why a check failed, cut to the length that a result carries."""
    return Explanation(kind, id, cut(text, MAX_SENTENCE), title)


def cut(text: str, limit: int = MAX_MESSAGE, lines: int = MAX_LINES) -> str:
    """At most so many characters and lines of a text, with what it says of our own folders taken out.

    >>> cut("abcdef", 4)
    'abc…'
    """
    text = _ours_hidden(text[: 2 * limit + 1000])  # before a name is cut in its middle
    if text.count("\n") >= lines:
        text = "\n".join([*text.split("\n", lines - 1)[: lines - 1], "…"])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def listed(compared: Sequence[tuple[str, str, str]], limit: int) -> list[list[str]]:
    """The first comparisons of a check, each once, how many are left out, and the last one, at which a check fails."""
    once = [list(entry) for entry in dict.fromkeys(compared)]
    if len(once) <= limit:
        return once
    left_out = say("... and {count} more", count=len(once) - limit)
    return [*once[: limit - 1], [left_out], once[-1]]


def _ours_hidden(text: str) -> str:
    """Where the course is installed says nothing to a student, and is nobody else's business."""
    return text.replace(f"{paths.ROOT}{os.sep}", "")


@functools.cache
def versions() -> dict[str, str]:
    """What the figures depend on."""
    found = {"python": platform.python_version(), "platform": platform.platform(terse=True)}
    for name in ("torch", "transformers", "peft", "numpy", "pytest"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found
