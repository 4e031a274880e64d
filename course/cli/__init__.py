"""The ``course`` command: those of a learner, those of an instructor, and the way in and out."""

from __future__ import annotations

import sys

import click

from course import errors, shell, signals, streams
from course.cli import instructor as instructor  # its commands are part of the command
from course.cli.base import Settings as Settings
from course.cli.learner import cli as cli
from course.text import say


def main() -> None:
    """The entry point."""
    streams.prepare()
    code: int | str | None = errors.PASSED
    try:
        signals.heed()
        shell.begin()
        cli(prog_name="course")
    except SystemExit as end:
        code = end.code
    except signals.Stopped as stopped:
        click.echo("\n" + say("Interrupted. Nothing was graded to the end."), err=True)
        code = stopped.exit_code
    finally:
        streams.finish()
    sys.exit(code)
