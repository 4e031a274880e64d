"""Lines of Japanese in what Rich shows. Rich breaks lines at spaces alone, and Japanese has hardly any.

Where a line may end (``course.line_breaks``) a separator is put that is no wider than nothing and counts as a space; a
space at which no line ends becomes a character that counts as none. Both are turned back when the lines are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.markdown import Heading, ImageItem, Markdown, MarkdownElement, Paragraph, TableDataElement, TableElement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from course.line_breaks import STRAY, is_wide, places, unparted

SEPARATOR = "\x1f"
"""Unicode's unit separator: zero columns wide, and whitespace."""
KEPT = "\ue000"
"""A space at which no line ends: of private use, one column wide, and no whitespace."""


def styled(text: Text) -> Text:
    """Put the separators into a text with styles, and keep shapes whole.

    >>> styled(Text("層を（1 つ）、見る")).plain.replace(SEPARATOR, "|").replace(KEPT, "_")
    '層を|（1_つ）、|見る'
    >>> styled(Text("a tensor of (4, 5)")).plain.replace(KEPT, "_")
    'a tensor of (4,_5)'
    """
    kept = unparted(text.plain)
    if not kept and not is_wide(text.plain):
        return text
    marked = text.copy()
    letters = list(text.plain)
    for place in kept:
        letters[place] = KEPT
    marked.plain = "".join(letters)
    found = places(text.plain) if is_wide(text.plain) else []
    if not found:
        return marked
    parted = text.blank_copy(SEPARATOR).join(marked.divide(found))
    parted.end = text.end
    return parted


def closed(text: Text) -> Text:
    """A text of ours without spaces that Japanese does not have: Markdown needs them behind emphasis and for new lines.

    >>> closed(Text("次のとおりです。 `x` は 3 つ")).plain
    '次のとおりです。`x` は 3 つ'
    """
    spaces = [match.start() for match in STRAY.finditer(text.plain)]
    if not spaces:
        return text
    pieces = text.divide(offset for place in spaces for offset in (place, place + 1))
    return text.blank_copy().join(pieces[::2])


def wrap(text: Text, console: Console, width: int) -> list[Text]:
    """The lines of a text, at most ``width`` columns each, with their styles; those of Japanese are filled."""
    return [_restored(line) for line in styled(text).wrap(console, width)]


def _restored(line: Text) -> Text:
    if SEPARATOR in line.plain:
        line = Text("").join(line.split(SEPARATOR, allow_blank=True))
    if KEPT in line.plain:
        line.plain = line.plain.replace(KEPT, " ")
    return line


def _shown(segment: Segment) -> Segment:
    return Segment(segment.text.replace(SEPARATOR, "").replace(KEPT, " "), segment.style, segment.control)


class Filled:
    """Something whose text went through `styled`, shown without the separators."""

    def __init__(self, inner: RenderableType) -> None:
        """Keep what will be shown."""
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Take the separators out of what Rich has made; they had no width, so nothing moves."""
        yield from map(_shown, console.render(self.inner, options))


class FillingConsole(Console):
    """A console whose sentences are filled: strings that are printed, or stand in the cells of a table."""

    def render_str(self, *arguments: Any, **options: Any) -> Text:
        """Part a string."""
        return styled(super().render_str(*arguments, **options))

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Take the separators out again."""
        return map(_shown, super().render(renderable, options))


class FilledParagraph(Paragraph):
    """A paragraph whose lines also end between Japanese characters."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Part its text when all of it is there: code and emphasis are no longer marked by characters then."""
        self.text = styled(closed(self.text))
        yield from super().__rich_console__(console, options)


class FilledHeading(Heading):
    """The same for a heading."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Part its text."""
        self.text = styled(closed(self.text))
        yield from super().__rich_console__(console, options)


class FilledImage(ImageItem):
    """The same for what stands for a picture."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Part what is said of it."""
        self.text = styled(closed(self.text))
        yield from super().__rich_console__(console, options)


class FilledTable(TableElement):
    """The same for a table; its cells are never cut off."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Let every column fold: Rich takes a space behind a full line of Japanese for too much text."""
        for cell in self._cells():
            cell.content = styled(closed(cell.content))
        for table in super().__rich_console__(console, options):
            for column in table.columns if isinstance(table, Table) else ():
                column.overflow = "fold"
            yield table

    def _cells(self) -> Iterator[TableDataElement]:
        for row in [self.header and self.header.row, *(self.body.rows if self.body else ())]:
            yield from row.cells if row else ()


class Lines(Markdown):
    """Markdown whose lines also end between Japanese characters; to be shown in `Filled`."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "paragraph_open": FilledParagraph,
        "heading_open": FilledHeading,
        "image": FilledImage,
        "table_open": FilledTable,
    }

    def __init__(self, text: str) -> None:
        """Parse it."""
        super().__init__(text, hyperlinks=False)
