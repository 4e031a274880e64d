"""Failures of checks, student processes and fork servers, as seen by the judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from course.result import Difference
from grader import wire

Hint: TypeAlias = str | None


class Failed(Exception):
    """An expectation was not met.

    Args:
        message: the sentence for the student.
        expected: short printable summary.
        actual: short printable summary.
        difference: the worst element, when numbers were compared.
        hint: a question that tells the student what to look at next.
        reveal: True if ``expected`` and ``actual`` may be shown even for a hidden check.
    """

    def __init__(
        self,
        message: str,
        *,
        expected: str | None = None,
        actual: str | None = None,
        difference: Difference | None = None,
        hint: Hint = None,
        reveal: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.actual = actual
        self.difference = difference
        self.hint = hint
        self.reveal = reveal


class NotDefined(Failed):
    """The file does not define a name that a check asked for."""


class StudentGone(Exception):
    """The student process ended, or did not answer in time, while a check was waiting for it."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


class ServerError(Exception):
    """A fork server could not do what it was asked to; the student is not at fault."""


@dataclass
class StudentRaised(Exception):
    """The student's code raised an exception; the fields are those of ``dispatch.describe``, checked on arrival."""

    type: str
    message: str
    frames: list[tuple[int, str]] = field(default_factory=list)
    bad_line: int | None = None
    """Line at which the file does not parse, 0 if the compiler names none; None if the file parses."""
    not_started: bool = False
    memory: bool = False
    left_out: int = 0
    """Number of frames omitted after the outermost ones."""

    def __str__(self) -> str:
        return f"{self.type}: {self.message}" if self.message else self.type

    @property
    def no_answer(self) -> bool:
        """True if the exception says nothing about the input: the function is not started, or memory ran out."""
        return self.not_started or self.memory

    @classmethod
    def from_wire(cls, data: Any) -> StudentRaised:
        """Read the description that the student process sent, trusting none of it.

        Raises:
            wire.WireError: a field is missing or of another type.
        """
        if not isinstance(data, dict):
            raise wire.WireError("malformed description of an exception")
        try:
            bad_line = data["bad_line"]
            return cls(
                type=_text(data["type"]),
                message=_text(data["message"]),
                frames=[_line(frame) for frame in _list(data["frames"])[-wire.MAX_FRAMES :]],
                bad_line=None if bad_line is None else _line([bad_line, ""])[0],
                not_started=data["not_started"] is True,
                memory=data["memory"] is True,
                left_out=_line([data.get("left_out", 0), ""])[0],
            )
        except (KeyError, TypeError, ValueError, IndexError):
            raise wire.WireError("malformed description of an exception") from None


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value[: wire.MAX_SAID]


def _line(value: object) -> tuple[int, str]:
    number, text = _list(value)
    if type(number) is not int or not 0 <= number < 2**31:
        raise ValueError("no line of a file")
    return number, _text(text)[:200]
