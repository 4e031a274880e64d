"""The user-facing errors, with the exit code of each.

    0 passed   1 graded, not passed   2 misuse   3 our fault   4 not gradable   5 nothing to run   130 interrupted

Their sentences come from the message catalogue. Click prints them as ``Error: ...`` on stderr, without a traceback.
"""

from __future__ import annotations

from pathlib import Path

import click

from course.text import clean, say

PASSED = 0
NOT_PASSED = 1
MISUSE = 2
GRADER_FAULT = 3
NOT_GRADABLE = 4
NOTHING_TO_RUN = 5
INTERRUPTED = 130


class CourseError(click.ClickException):
    """Base class for user-facing errors."""

    exit_code = MISUSE

    def __init__(self, message: str) -> None:
        """Store the message, cleaned: it can contain names and paths from outside."""
        super().__init__(clean(message))


class NoSuchExercise(CourseError):
    """The name is not in the syllabus."""

    def __init__(
        self, name: str, *, nearest: str | None = None, last: str | None = None, home: str | None = None
    ) -> None:
        """Build the message, with a suggestion: the exercise with such a function, the nearest name, or the last."""
        message = say("no exercise called '{name}'.", name=name)
        if home:
            message += " " + say("It is a function of {exercise}.", exercise=home)
        elif nearest:
            message += " " + say("Did you mean '{name}'?", name=nearest)
        elif last:
            message += " " + say("The last exercise is {name}; see: course list", name=last)
        else:
            message += " " + say("See: course list")
        super().__init__(message)


class NoSuchFunction(CourseError):
    """The exercise has no function of this name."""

    def __init__(self, name: str, exercise: str, functions: tuple[str, ...], *, nearest: str | None = None) -> None:
        """Build the message, with a suggestion."""
        message = say("{exercise} has no function called '{name}'.", name=name, exercise=exercise)
        if nearest:
            message += " " + say("Did you mean '{name}'?", name=nearest)
        else:
            message += " " + say("Its functions are {names}.", names=", ".join(functions))
        super().__init__(message)


class BadDestination(CourseError):
    """An output path cannot be written."""


class NotYet(CourseError):
    """The reference is shown only to learners who have passed or given up."""

    exit_code = NOT_PASSED


class NeedsRepository(CourseError):
    """The requested feature comes with the repository, not with the package."""


class CannotRemember(CourseError):
    """The workspace's state cannot be stored."""


class NoWorkspace(CourseError):
    """The current directory is not in a workspace, so there is no file to grade or to reset."""

    exit_code = NOT_GRADABLE


class NoFile(CourseError):
    """The workspace does not contain the file of this exercise."""

    exit_code = NOT_GRADABLE


class Planned(CourseError):
    """The exercise is announced but not yet written."""

    exit_code = NOTHING_TO_RUN


class NothingSelected(CourseError):
    """``--only`` matches no check."""

    exit_code = NOTHING_TO_RUN


class GraderFault(CourseError):
    """Our machinery failed; the learner's work is not to blame."""

    exit_code = GRADER_FAULT


class Interrupted(CourseError):
    """The command was interrupted (Ctrl-C)."""

    exit_code = INTERRUPTED

    def __init__(self, grading: bool) -> None:
        """Choose one of two sentences.

        Args:
            grading: whether a grading was interrupted.
        """
        super().__init__(say("Interrupted before the grading was complete.") if grading else say("Interrupted."))

    def show(self, file: object = None) -> None:
        """Print one quiet line: nothing went wrong."""
        click.echo("\n" + self.message, err=True)


def cannot_write(path: Path, error: OSError) -> BadDestination:
    """Return the error for a file that could not be written."""
    return BadDestination(say("cannot write {path}: {reason}.", path=str(path), reason=error.strerror or str(error)))
