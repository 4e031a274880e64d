"""Where lines of Japanese may end. Rich breaks lines at spaces alone, and Japanese has hardly any.

Between two characters that may be parted, a separator is put that is no wider than nothing and counts as a space; it is
taken out again when the lines are made.
"""

from __future__ import annotations

from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import Markdown, MarkdownElement, TableElement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from course.line_breaks import PLACE

SEPARATOR = "\x1f"
"""Unicode's unit separator: zero columns wide, and whitespace."""


def breakable(text: str) -> str:
    """Put the separators into a text.

    >>> breakable("層を（1 つ）、見る").replace(SEPARATOR, "|")
    '層|を|（1 つ）、|見|る'
    """
    return PLACE.sub(SEPARATOR, text)


def styled(text: Text) -> Text:
    """Put the separators into a text with styles."""
    places = [match.start() for match in PLACE.finditer(text.plain)]
    return Text(SEPARATOR, end="").join(text.divide(places)) if places else text


def wrap(text: Text, console: Console, width: int) -> list[Text]:
    """The lines of a text, at most ``width`` columns each, with their styles; those of Japanese are filled."""
    lines = styled(text).wrap(console, width)
    return [
        Text("").join(line.split(SEPARATOR, allow_blank=True)) if SEPARATOR in line.plain else line for line in lines
    ]


class Filled:
    """Something whose text went through `breakable` or `styled`, shown without the separators."""

    def __init__(self, inner: RenderableType) -> None:
        """Keep what will be shown."""
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Take the separators out of what Rich has made; they had no width, so nothing moves."""
        for segment in console.render(self.inner, options):
            yield Segment(segment.text.replace(SEPARATOR, ""), segment.style, segment.control)


class FoldedTable(TableElement):
    """A table whose cells are never cut off: Rich takes a space behind a full line of Japanese for too much text."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Let every column fold."""
        for table in super().__rich_console__(console, options):
            for column in table.columns if isinstance(table, Table) else ():
                column.overflow = "fold"
            yield table


class Lines(Markdown):
    """Markdown whose lines also end between Japanese characters; to be shown in `Filled`."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "table_open": FoldedTable}

    def __init__(self, text: str) -> None:
        """Parse it."""
        super().__init__(breakable(text), hyperlinks=False)
