"""The commands of an instructor: ``course class ...``."""

from __future__ import annotations

from pathlib import Path

import click

from course import syllabus
from course.cli.base import Group, absolute, exercise_named, lang_option, no_color_option, option
from course.cli.learner import cli
from course.text import say


@cli.group("class", cls=Group)
def class_() -> None:
    """For instructors: grade a whole class, and hand back a gradebook."""


@class_.command("release")
@option(
    "--out",
    "out",
    metavar="DIR|ZIP",
    required=True,
    type=click.Path(path_type=Path),
    help="Where to put it: a directory, or a zip file if the name ends in .zip.",
)
@option(
    "--exercise", "names", metavar="EXERCISE", multiple=True, help="Only this exercise; may be repeated. Default: all."
)
@option("--force", is_flag=True, help="Replace an edition that is there already.")
@lang_option
@no_color_option
def release_edition(out: Path, names: tuple[str, ...], force: bool, no_color: bool) -> None:
    """Write the student edition: skeletons, lessons, visible checks.

    It installs and works alone. References, hidden checks and misconceptions are not in it, and what is written is
    searched for them first: if anything leaks, nothing is written.
    """
    from course import render
    from course.classroom import release

    chosen = [exercise_named(name) for name in names] or [one for one in syllabus.load() if not one.planned]
    console = render.make_console(no_color)
    with render.waiting(console, say("Building the edition and looking for leaks ...")):
        done = release.release(absolute(out), chosen, force=force)
    for line in release.summary(done):
        render.line(console, line)
