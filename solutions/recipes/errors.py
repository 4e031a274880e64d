"""Errors of the recipes, shown without a traceback. Exit codes as for `course grade`."""

import click

from course import errors, shell


class RecipeError(click.ClickException):
    """The request cannot be carried out; the message says why, and what would work."""

    exit_code = errors.MISUSE


def missing_package(package: str, extra: str = "offline") -> RecipeError:
    """Return the error for a package that is not installed but comes with an extra of the course."""
    return RecipeError(shell.not_installed(package, extra))


class Diverged(RecipeError):
    """The loss is no longer a finite number."""


class StudentError(RecipeError):
    """The file given with ``--mine`` does not do what the recipe needs."""

    exit_code = errors.NOT_GRADABLE


class NothingStarted(StudentError):
    """None of the functions that a run needs is started in the workspace."""


class RecipeFault(click.ClickException):
    """The recipe itself has broken a promise."""

    exit_code = errors.GRADER_FAULT


class Interrupted(KeyboardInterrupt):
    """Training was interrupted, and its state is saved. Not an Exception, so that no handler swallows it."""
