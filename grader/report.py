"""The result object ``course/result/v1``: what the terminal, the JSON file and every other format are written from."""

from __future__ import annotations

import functools
import importlib.metadata
import platform
from dataclasses import dataclass, field
from typing import Any

from grader.check import CheckSpec

SCHEMA = "course/result/v1"
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
    """Why it failed, as far as the grader knows: ``kind`` (misconception, pair, relation, crash, loop or follows), ``id``
    and ``text``; None if nothing fits."""
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
        """Plain data for JSON; lists in it are still this report's own."""
        return dict(vars(self))


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
