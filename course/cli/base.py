"""Shared parts of all commands: options and help in the reader's language, input files, printing, output files."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from course import click_words, destinations, edition, errors, signals, syllabus, text
from course.click_words import Command, Option
from course.syllabus import Exercise
from course.text import say, say_many

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Settings:
    """Settings that tests replace; passed as click's ``obj``."""

    grader_command: Sequence[str] | None = None
    """Command that starts the grader; None means ``python -m grader``."""


GRADING = ("grade", "watch", "regrade", "verify")
"""Commands that leave a grading incomplete if they are interrupted."""

click_words.teach()


@contextlib.contextmanager
def _cleaned() -> Iterator[None]:
    """Remove control characters from the arguments that error messages repeat."""
    try:
        yield
    except click.ClickException as error:
        error.message = text.clean(error.message)  # type: ignore[misc]  # nothing has been shown yet
        raise


class RunCommand(Command):
    """``course run``, whose help lists the recipes."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one line for each recipe."""
        from course import recipes

        if known := recipes.catalogue():  # a student edition has none
            with formatter.section(say("Recipes")):
                formatter.write_dl([(name, say(about).partition("\n")[0]) for name, about in known.items()])


class Group(Command, click.Group):
    """A group that lists its commands in the order in which a learner meets them."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in definition order, not alphabetically."""
        return list(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line, in the reader's language from the first word on."""
        text.use_if_written(text.detect())
        return super().main(*args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the arguments, which click repeats in its error messages."""
        with _cleaned():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; Ctrl-C and a damaged syllabus end with a sentence."""
        try:
            with _cleaned():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            raise errors.Interrupted(ctx.invoked_subcommand in GRADING) from None
        except signals.Stopped as stopped:
            if stopped.grading is None:
                stopped.grading = ctx.invoked_subcommand in GRADING
            raise
        except syllabus.SyllabusError as error:
            raise errors.GraderFault(
                say("the syllabus of this installation is damaged: {reason}", reason=str(error))
            ) from error


def option(*names: str, **attributes: Any) -> Callable[[Function], Function]:
    """Return ``click.option`` with help in the reader's language."""
    return click.option(*names, cls=Option, **attributes)


def _speak(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value and not text.use_if_written(value):
        complain(
            say(
                "The encoding {encoding} cannot show this language, so the output is in English. To change that, set "
                "PYTHONUTF8=1 or PYTHONIOENCODING=utf-8, on a terminal that shows UTF-8.",
                encoding=sys.stdout.encoding,
            )
        )


lang_option = option(
    "--lang",
    type=click.Choice(text.LANGUAGES),
    help="Language of the output (default: that of your system).",
    is_eager=True,  # before --help, whose text depends on it
    expose_value=False,
    callback=_speak,
)


def take_language(ctx: click.Context, arguments: Sequence[str]) -> tuple[str, ...]:
    """Switch to the language given among a recipe's own options, which do not include ``--lang``.

    Returns:
        The remaining arguments.
    """
    kept: list[str] = []
    rest = iter(arguments)
    for word in rest:
        if word == "--":
            return (*kept, word, *rest)
        name, equals, value = word.partition("=")
        if name != "--lang":
            kept.append(word)
            continue
        lang = Option(["--lang"], type=click.Choice(text.LANGUAGES))
        if not equals and (value := next(rest, "")) == "":
            message = say_many(
                "Option {name!r} requires an argument.",
                "Option {name!r} requires {nargs} arguments.",
                count=1,
                name="--lang",
                nargs=1,
            )
            raise click.BadOptionUsage("--lang", message, ctx)
        _speak(ctx, lang, lang.type_cast_value(ctx, value))
    return tuple(kept)


no_color_option = option("--no-color", is_flag=True, help="Disable colours (or set NO_COLOR).")
exercise_argument = click.argument("exercise", metavar="EXERCISE")


def exercise_named(name: str) -> Exercise:
    """Return the exercise with this name, unless it is only planned."""
    exercise = syllabus.resolve(name)
    if edition.left_out(exercise):
        title = exercise.title(text.language())
        raise errors.Planned(
            say("{exercise} ({title}) is not part of this edition. See: course list", exercise=exercise.id, title=title)
        )
    if exercise.planned:
        title = exercise.title(text.language())
        raise errors.Planned(
            say(
                "{exercise} ({title}) is announced but not written yet. See: course list",
                exercise=exercise.id,
                title=title,
            )
        )
    return exercise


def complain(message: str) -> None:
    """Print a sentence to stderr; it can contain text from outside."""
    click.echo(text.clean(message), err=True)


def absolute(path: Path) -> Path:
    """Return the absolute path; if the current directory no longer exists, a relative path is returned unchanged."""
    try:
        return path.absolute()
    except OSError:
        return path


def resolved(path: Path) -> Path:
    """Return the path without links and dots, as far as they can be resolved, so that two paths can be compared."""
    try:
        return Path(os.path.realpath(path))
    except OSError:  # there is no current directory
        return path


def write(path: str, content: bytes) -> bool:
    """Write a result and return whether that succeeded; a failure must not cost the learner the report."""
    if path == destinations.STDOUT:
        sys.stdout.buffer.write(content)  # as bytes, so that encoding and line ends do not depend on the terminal
        sys.stdout.buffer.flush()
        return True
    try:
        destinations.write(path, content)
    except OSError as error:
        complain(
            say(
                "Warning: {path} was not written: {reason}. The result above is not affected.",
                path=path,
                reason=error.strerror or str(error),
            )
        )
        return False
    return True
