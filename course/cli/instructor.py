"""The commands of an instructor: ``course class ...``."""

from __future__ import annotations

from course.cli.base import Group
from course.cli.learner import cli


@cli.group("class", cls=Group)
def class_() -> None:
    """For instructors: grade a whole class, and hand back a gradebook."""
