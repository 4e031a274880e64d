"""One number of a lesson, and the number formats of the lessons; imported by every lesson's module."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One number of a lesson."""

    what: str
    """Description; indented by two spaces if it belongs to the figure before it."""
    text: str
    """The number as the lesson prints it."""
    source: str = ""
    """Source, unless real modules were counted or run: a formula, or arithmetic."""


def percent(part: float, whole: float = 1, digits: int = 1) -> str:
    """Format a share as the lessons print it.

    >>> percent(3, 8), percent(0.0027, digits=2)
    ('37.5%', '0.27%')
    """
    return f"{100 * part / whole:.{digits}f}%"


def signed(number: float, form: str) -> str:
    """Format a number that can be negative, with the minus sign used in the lessons.

    >>> signed(-0.457, ".3f"), signed(0.0234, "+.4f")
    ('−0.457', '+0.0234')
    """
    return format(number, form).replace("-", "−")
