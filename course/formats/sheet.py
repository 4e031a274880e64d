"""A CSV file of somebody else's in which some cells are filled in, and every other byte stays as it was.

The ``csv`` module reads such a file but cannot write it back: how a cell was quoted, the line ends, a byte order mark
and the spaces are lost. So each cell remembers where it stands in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from course.errors import CourseError
from course.text import say

MAX_BYTES = 16 * 2**20
"""Far more than the sheet of any class."""
DELIMITERS = ",;\t"
NUMBER = re.compile(r"\s*\d+(?:[.,]\d+)?\s*")


class BadSheet(CourseError):
    """The sheet is not what the platform exports."""


@dataclass(frozen=True)
class Filled:
    """A sheet with its cells filled in, and what happened."""

    content: bytes
    count: int
    """Rows that got a mark."""
    notes: tuple[str, ...] = ()
    """Sentences for the instructor: who has no row, which rows were left alone, what looks odd."""
    column: str = ""
    """Title of the column of marks."""


@dataclass(frozen=True)
class Cell:
    """A field of the file: what it says, and where it stands in the text."""

    value: str
    start: int
    end: int
    quoted: bool


@dataclass
class Sheet:
    """The file, its cells, and what is to be written into some of them."""

    text: str
    delimiter: str
    rows: list[list[Cell]]
    encoding: str
    changes: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def parse(cls, data: bytes, name: str = "the roster") -> Sheet:
        """Find every cell.

        Args:
            data: of the file.
            name: what to call it in a complaint.

        Raises:
            BadSheet: it is too large, no UTF-8, empty, or a quote is never closed.
        """
        if len(data) > MAX_BYTES:
            raise BadSheet(say("{file} is larger than {limit} bytes.", file=name, limit=f"{MAX_BYTES:,}"))
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise BadSheet(
                say(
                    "{file} is not UTF-8 text (line {line}). Use the file exactly as you downloaded it.",
                    file=name,
                    line=line,
                )
            ) from None
        start = 1 if text.startswith("\ufeff") else 0
        first = re.sub(r'"[^"]*"', "", text[start:].partition("\n")[0])
        delimiter = max(DELIMITERS, key=first.count)
        rows = _scan(text, start, delimiter, name)
        if not rows or not any(cell.value for cell in rows[0]):
            raise BadSheet(say("{file} is empty, or has no header.", file=name))
        return cls(text, delimiter, rows, "utf-8")

    @property
    def header(self) -> list[str]:
        """The titles of the columns, without the spaces around them."""
        return [cell.value.strip() for cell in self.rows[0]]

    def value(self, row: int, column: int) -> str:
        """What a cell says, without the spaces around it; a row may be short."""
        cells = self.rows[row]
        return cells[column].value.strip() if column < len(cells) else ""

    def column(self, title: str, name: str = "the roster") -> int:
        """The number of the column with this title, whatever its case.

        Raises:
            BadSheet: there is none, or more than one.
        """
        wanted = title.strip().casefold()
        found = [number for number, one in enumerate(self.header) if one.casefold() == wanted]
        if len(found) == 1:
            return found[0]
        known = "; ".join(filter(None, self.header))
        if found:
            raise BadSheet(say("{file} has more than one column called '{title}'.", file=name, title=title))
        raise BadSheet(
            say("{file} has no column called '{title}'. Its columns: {titles}", file=name, title=title, titles=known)
        )

    def put(self, row: int, column: int, value: str) -> None:
        """Note what a cell is to say."""
        self.changes[row, column] = value

    def to_bytes(self) -> bytes:
        """The file with the changes made."""
        by_row: dict[int, dict[int, str]] = {}
        for (row, column), value in self.changes.items():
            by_row.setdefault(row, {})[column] = value
        edits = [edit for row, changed in by_row.items() for edit in self._edits(self.rows[row], changed)]
        parts, done = [], 0
        for start, end, value in sorted(edits):
            parts += [self.text[done:start], value]
            done = end
        return ("".join(parts) + self.text[done:]).encode(self.encoding)

    def _edits(self, cells: Sequence[Cell], changed: dict[int, str]) -> list[tuple[int, int, str]]:
        edits = []
        added = ""
        for column in range(len(cells), max(changed, default=-1) + 1):
            added += self.delimiter + (self._written(changed[column], False) if column in changed else "")
        for column, value in changed.items():
            if column < len(cells):
                cell = cells[column]
                edits.append((cell.start, cell.end, self._written(value, cell.quoted)))
        if added:
            end = cells[-1].end
            last = next((edit for edit in edits if edit[1] == end and edit[0] == cells[-1].start), None)
            if last:
                edits.remove(last)
                edits.append((last[0], end, last[2] + added))
            else:
                edits.append((end, end, added))
        return edits

    def _written(self, value: str, quoted: bool) -> str:
        if quoted or value != value.strip() or any(sign in value for sign in (self.delimiter, '"', "\n", "\r")):
            return '"' + value.replace('"', '""') + '"'
        return value


def _scan(text: str, start: int, delimiter: str, name: str) -> list[list[Cell]]:
    bare = f"[^{re.escape(delimiter)}\r\n]*"
    pattern = re.compile(f'(?:"(?P<inside>[^"]*(?:""[^"]*)*)"(?P<rest>{bare}))|(?P<open>")|(?P<bare>{bare})')
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    place = start
    while place < len(text) or row:
        match = pattern.match(text, place)
        assert match  # the last alternative always does
        if match["open"]:
            raise BadSheet(
                say("{file}: the quote in line {line} is never closed.", file=name, line=text.count("\n", 0, place) + 1)
            )
        quoted = match["inside"] is not None
        value = match["inside"].replace('""', '"') + match["rest"] if quoted else match["bare"]
        row.append(Cell(value, match.start(), match.end(), quoted))
        place = match.end()
        if text.startswith(delimiter, place):
            place += 1
            continue
        rows.append(row)
        row = []
        place += 2 if text.startswith("\r\n", place) else 1
    return rows


def as_number(text: str) -> Decimal | None:
    """The number in a cell, whichever decimal sign it has; None if it holds none."""
    return Decimal(text.strip().replace(",", ".")) if NUMBER.fullmatch(text) else None


def scaled(value: Decimal, of: int, to: Decimal | None) -> Decimal:
    """Points out of ``of``, turned into points out of ``to``; rounded half up to two places; unchanged without it.

    >>> scaled(Decimal("21.00"), of=63, to=Decimal(10))
    Decimal('3.33')
    """
    if to is None or not of:
        return value
    return (value * to / of).quantize(Decimal("0.01"), ROUND_HALF_UP)


def points(value: Decimal, comma: bool = False) -> str:
    """Points with two decimals, as platforms write them."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if comma else text
