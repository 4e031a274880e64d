"""What click itself says, in the reader's language.

click takes its words from gettext, which knows the environment's language only, not the one that was chosen with
``--lang``. So its modules get our lookup under the names that they use. A word that is not listed here, or that a newer
click spells differently, stays English.
"""

from __future__ import annotations

import click

from course import text
from course.text import mark, mark_many

MODULES = (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types)
"""Those that speak to whoever runs a command."""

SENTENCES = (
    mark("Usage:"),
    mark("Options"),
    mark("Commands"),
    mark("Positional arguments"),
    mark("Show the version and exit."),
    mark("default: {default}"),
    mark("required"),
    mark("Aborted!"),
    mark("Error: {message}"),
    mark("Try '{command} {option}' for help."),
    mark("Missing command."),
    mark("Missing argument"),
    mark("Missing option"),
    mark("Missing parameter"),
    mark("Missing {param_type}"),
    mark("Missing parameter: {param_name}"),
    mark("Invalid value: {message}"),
    mark("Invalid value for {param_hint}: {message}"),
    mark("No such option {name!r}."),
    mark("No such command {name!r}."),
    mark("Option {name!r} does not take a value."),
    mark("Argument {name!r} takes {nargs} values."),
    mark("Choose from:\n\t{choices}"),
    mark("{value} is not in the range {range}."),
    mark("{value!r} is not a valid {number_type}."),
    mark("{value!r} is not a valid boolean. Recognized values: {states}"),
    mark("{name} {filename!r} is a file."),
    mark("{name} {filename!r} is a directory."),
    mark("{name} {filename!r} is not readable."),
    mark("{name} {filename!r} is not writable."),
    mark("{name} {filename!r} is not executable."),
    mark("{name} {filename!r} does not exist."),
    mark("Could not open file {filename!r}: {message}"),
    mark("unknown error"),
    mark("file"),
    mark("directory"),
    mark("path"),
)
PLURALS = (
    mark_many("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    mark_many("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    mark_many("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    mark_many("Takes {nargs} values but 1 was given.", "Takes {nargs} values but {len} were given."),
    mark_many("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)


def teach() -> None:
    """Replace click's lookups (``_`` and ``ngettext`` in its modules) by ours, for the whole process."""
    for module in MODULES:
        for name, lookup in (("_", text.translated), ("ngettext", text.translated_many)):
            if hasattr(module, name):
                setattr(module, name, lookup)
