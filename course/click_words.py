"""Translate click's own messages into the reader's language.

click gets its translations from gettext, which knows only the environment's language, not the one chosen with
``--lang``. So click's modules get our lookup under the names that they use. A message that is not listed here, or that
a newer click words differently, stays English.

``Option`` and ``Command`` show their help in that language. click breaks lines at spaces and counts characters, so it
gets our ``wrap_text``, which supports Japanese (``course.line_breaks``).
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import click

from course import text
from course.line_breaks import columns, fill, is_wide, joined
from course.text import mark, mark_many, say

MODULES = (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types)
"""Click modules with user-facing messages."""

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


NUMBERS = ((click.IntRange, mark("whole number")), (click.FloatRange, mark("number")))
"""Names for click's "integer range" and "float range", also where the value is not a number at all."""
KINDS = (*(name for _, name in NUMBERS), mark("integer"), mark("float"))
"""Kinds of values, as click names them in a sentence."""
PLACES = {"File": "file", "Directory": "directory", "Path": "path"}
"""Kinds at the beginning of a sentence -> the words in the catalogue."""


class Sentence(str):
    """The result of a lookup: click fills it with words that it looked up too early, or not at all."""

    __slots__ = ()

    def format(self, *arguments: object, **values: object) -> str:
        """Fill the placeholders; the kind of a value is named in the language of the sentence."""
        if values.get("number_type") in KINDS:
            values["number_type"] = text.translated(str(values["number_type"]))
        if text.language() != "en" and values.get("name") in PLACES:
            values["name"] = text.translated(PLACES[str(values["name"])])
        return text.filled(str(self), values) if values else super().format(*arguments)


def lookup(sentence: str) -> Sentence:
    """Return a click message in the reader's language; replaces click's ``_``."""
    return Sentence(text.translated(sentence))


def teach() -> None:
    """Replace click's lookups (``_`` and ``ngettext`` in its modules) with ours, for the whole process."""
    for module in MODULES:
        for name, ours in (("_", lookup), ("ngettext", text.translated_many)):
            if hasattr(module, name):
                setattr(module, name, ours)
    click.formatting.wrap_text = wrap_text
    for kind, name in NUMBERS:
        kind.name = name


_wrap_text = click.formatting.wrap_text


def wrap_text(
    text: str,
    width: int = 78,
    initial_indent: str = "",
    subsequent_indent: str = "",
    preserve_paragraphs: bool = False,
) -> str:
    r"""Wrap text as click does, but fill Japanese: lines break between characters, and wide ones take two columns.

    As in click, an empty line begins a paragraph, and one that begins with a line of ``\b`` keeps its lines.
    """
    if not is_wide(text + initial_indent):
        return _wrap_text(text, width, initial_indent, subsequent_indent, preserve_paragraphs)
    subsequent_indent += " " * (columns(initial_indent) - len(initial_indent))
    shown = []
    for paragraph in re.split(r"\n{2,}", text.strip("\n")) if preserve_paragraphs else [text]:
        lines = paragraph.split("\n")
        if preserve_paragraphs and lines[0].strip() == "\b":
            lines = lines[1:]
        else:
            margin = " " * (len(lines[0]) - len(lines[0].lstrip())) if preserve_paragraphs else ""
            room = width - columns(initial_indent) - len(margin)
            lines = [margin + line for line in fill(joined([line.strip() for line in lines]), room)]
        shown.append(
            "\n".join((subsequent_indent if place else initial_indent) + line for place, line in enumerate(lines))
        )
    return "\n\n".join(shown)


class Option(click.Option):
    """An option with help in the reader's language."""

    def __init__(self, *arguments: Any, values: Mapping[str, object] | None = None, **attributes: Any) -> None:
        """Accept the arguments of ``click.Option``; ``values`` fill the placeholders of the help."""
        super().__init__(*arguments, **attributes)
        self.values = values or {}

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the left and right column of the help page."""
        english, self.help = self.help, say(self.help or "", **self.values)
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = english


def _docstring(function: Callable[..., Any]) -> str:
    """Return a function's docstring; from its source if Python was told to drop docstrings (``-OO``)."""
    if function.__doc__ or sys.flags.optimize < 2:
        return function.__doc__ or ""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    return (isinstance(definition, ast.FunctionDef) and ast.get_docstring(definition)) or ""


class Command(click.Command):
    """A command whose help, its docstring, is shown in the reader's language."""

    def _speak(self) -> None:
        self.help = say(inspect.cleandoc(_docstring(self.callback) if self.callback else ""))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``, which click creates before it knows the language."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = say("Show this message and exit.")
        return found

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence, for the list of commands."""
        self._speak()
        return super().get_short_help_str(limit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole help text."""
        self._speak()
        super().format_help_text(ctx, formatter)
