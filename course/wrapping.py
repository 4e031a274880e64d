"""Line breaking for Japanese in Rich's output: Rich breaks lines only at spaces, and Japanese has hardly any.

At every possible line break (``course.line_breaks``) a separator of zero width is inserted that counts as a space;
a space where no line ends becomes a character that does not. Both are reversed once the lines are made.
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
"""A space where no line ends: a private-use character, one column wide, and not whitespace."""


def styled(text: Text) -> Text:
    """Insert the separators into a styled text, and keep shapes whole; other text is returned unchanged.

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
    """Remove spaces from our text that Japanese does not have: Markdown needs them after emphasis and for new lines.

    >>> closed(Text("次のとおりです。 `x` は 3 つ")).plain
    '次のとおりです。`x` は 3 つ'
    """
    spaces = [match.start() for match in STRAY.finditer(text.plain)]
    if not spaces:
        return text
    pieces = text.divide(offset for place in spaces for offset in (place, place + 1))
    return text.blank_copy().join(pieces[::2])


def wrap(text: Text, console: Console, width: int) -> list[Text]:
    """Break a text into lines of at most ``width`` columns, with their styles; Japanese lines are filled."""
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
    """A wrapper that shows a renderable with `styled` text without the separators."""

    def __init__(self, inner: RenderableType) -> None:
        """Store the renderable."""
        self.inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Remove the separators from Rich's output; they have no width, so nothing moves."""
        yield from map(_shown, console.render(self.inner, options))


class FillingConsole(Console):
    """A console that fills Japanese lines in printed strings and in table cells."""

    def render_str(self, *arguments: Any, **options: Any) -> Text:
        """Insert the separators into a string."""
        return styled(super().render_str(*arguments, **options))

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Remove the separators again."""
        return map(_shown, super().render(renderable, options))


class FilledParagraph(Paragraph):
    """A paragraph whose lines also end between Japanese characters."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Insert the separators once the text is complete: code and emphasis are not marked by characters any more."""
        self.text = styled(closed(self.text))
        yield from super().__rich_console__(console, options)


class FilledHeading(Heading):
    """A heading whose lines also end between Japanese characters."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Insert the separators."""
        self.text = styled(closed(self.text))
        yield from super().__rich_console__(console, options)


class FilledImage(ImageItem):
    """A picture's text whose lines also end between Japanese characters."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Insert the separators into the text."""
        self.text = styled(closed(self.text))
        yield from super().__rich_console__(console, options)


class FilledTable(TableElement):
    """A table whose lines also end between Japanese characters; its cells are never cut off."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Let every column fold: Rich takes a space after a full line of Japanese for overlong text."""
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
        """Parse the Markdown."""
        super().__init__(text, hyperlinks=False)
