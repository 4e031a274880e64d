"""The ``course`` command: the learner's commands, the instructor's commands, and the entry point."""

from __future__ import annotations

import sys

from course import edition, errors, shell, signals, streams
from course.cli.base import GRADING
from course.cli.base import Settings as Settings
from course.cli.learner import cli as cli
from course.text import mark

if edition.student():
    for absent in ("solution", "diff", "run", "figures"):  # they print that they are not part of it
        cli.commands[absent].hidden = True
    cli.callback.__doc__ = mark(
        """A course on pre-training and fine-tuning Transformers: the edition for students.

Read a lesson, fill in the TODOs in its file, and let the visible checks tell you what works and what does not. The
hidden checks run when you hand in your work. Begin with: course start

EXERCISE is a number (3), an id (exercise-3) or a name (lora)."""
    )
else:
    from course.cli import instructor as instructor  # its commands belong to the command line


def main() -> None:
    """Run the command line."""
    streams.prepare()
    code: int | str | None = errors.PASSED
    try:
        signals.heed()
        shell.begin()
        cli(prog_name="course")
    except SystemExit as end:
        code = end.code
    except signals.Stopped as stopped:
        if stopped.grading is None:  # it arrived before the command was known
            stopped.grading = bool(set(sys.argv) & set(GRADING))
        errors.Interrupted(stopped.grading).show()
        code = stopped.exit_code
    finally:
        streams.finish()
    sys.exit(code)
