"""The result object ``course/result/v1``: what the terminal, the JSON file and every other format are written from."""

from __future__ import annotations

import functools
import importlib.metadata
import os
import platform
from dataclasses import dataclass, field
from typing import Any

from course import paths
from grader.check import CheckSpec

SCHEMA = "course/result/v1"
MAX_MESSAGE = 500
"""Characters of a message or a value, whatever a student's code puts into it."""
MAX_LINES = 40
MAX_SENTENCE = 1000
"""Of our own: hints and explanations, which may quote the student's code."""
MAX_TRACEBACK = 8000
MAX_TRACEBACK_LINES = 100
STATUSES = "passed failed not_started crashed timeout out_of_memory skipped grader_error".split()


@dataclass
class CheckReport:
    """How one check ended; fields as in the schema."""

    id: str
    title: str
    function: str
    visibility: str
    points: int
    max_points: int
    status: str
    message: str = ""
    expected: str | None = None
    actual: str | None = None
    difference: dict[str, Any] | None = None
    mistake: str | None = None
    explanation: dict[str, str] | None = None
    """Why it failed, as far as the grader knows: ``kind`` (misconception, pair, relation, crash, loop or follows),
    ``id`` and ``text``; None if nothing fits."""
    hint: str | None = None
    lesson: str | None = None
    depends_on: list[str] = field(default_factory=list)
    seconds: float = 0.0
    stdout: str = ""
    traceback: str | None = None
    remarks: list[str] = field(default_factory=list)
    """What was accepted although the docstring says otherwise; one sentence each."""
    compared: list[list[str]] | None = None
    """[what, expected, actual] of each comparison; visible checks only."""

    @classmethod
    def of(
        cls, spec: CheckSpec, exercise: int, lang: str, status: str = "grader_error", message: str = ""
    ) -> CheckReport:
        """A report that earns nothing yet."""
        return cls(
            id=spec.id,
            title=spec.title_ja if lang == "ja" and spec.title_ja else spec.title,
            function=spec.function,
            visibility="visible" if spec.visible else "hidden",
            points=0,
            max_points=spec.points,
            status=status,
            message=message,
            lesson=f"course read exercise-{exercise}",
            depends_on=list(spec.after),
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, cut to bearable lengths: what a student's code had a say in may be megabytes long."""
        return {
            **vars(self),
            "message": cut(self.message),
            "expected": self.expected and cut(self.expected),
            "actual": self.actual and cut(self.actual),
            "hint": self.hint and cut(self.hint, MAX_SENTENCE),
            "explanation": self.explanation and explanation(**self.explanation),
            "stdout": _ours_hidden(self.stdout),
            "traceback": self.traceback and cut(self.traceback, MAX_TRACEBACK, MAX_TRACEBACK_LINES),
            "remarks": [cut(remark) for remark in self.remarks],
            "compared": self.compared and [[cut(part) for part in line] for line in self.compared],
        }


def explanation(kind: str, id: str, text: str) -> dict[str, str]:
    """Why a check failed, in the form in which the result carries it."""
    return {"kind": kind, "id": id, "text": cut(text, MAX_SENTENCE)}


def cut(text: str, limit: int = MAX_MESSAGE, lines: int = MAX_LINES) -> str:
    """At most so many characters and lines of a text, with what it says of our own folders taken out.

    >>> cut("abcdef", 4)
    'abc…'
    """
    text = _ours_hidden(text[: 2 * limit + 1000])  # before a name is cut in its middle
    if text.count("\n") >= lines:
        text = "\n".join([*text.split("\n", lines - 1)[: lines - 1], "…"])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _ours_hidden(text: str) -> str:
    """Where the course is installed says nothing to a student, and is nobody else's business."""
    return text.replace(f"{paths.ROOT}{os.sep}", "")


def overall(statuses: list[str]) -> str:
    """The status of a whole grading, from those of its checks; nothing to judge is our fault, never a pass."""
    if not statuses or "grader_error" in statuses:
        return "grader_error"
    if all(status == "passed" for status in statuses):
        return "passed"
    if all(status in ("not_started", "skipped") for status in statuses):
        return "not_started"
    return "failed"


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
