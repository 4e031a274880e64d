"""Fill in cells of a CSV file from another program, without changing any other byte.

The ``csv`` module can read such a file but not write it back: quoting, line ends, a byte order mark and spaces would be
lost. So each cell remembers its position in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from course.errors import CourseError
from course.text import say

MAX_BYTES = 16 * 2**20
"""Maximum size in bytes, far more than the sheet of any class."""
DELIMITERS = ",;\t"
NUMBER = re.compile(r"\s*\d+(?:[.,]\d+)?\s*")


class BadSheet(CourseError):
    """The sheet is not an export of that platform."""


@dataclass(frozen=True)
class Filled:
    """A sheet with its cells filled in, and notes about it."""

    content: bytes
    count: int
    """Number of rows that got a mark."""
    notes: tuple[str, ...] = ()
    """Notes for the instructor: students without a row, rows left unchanged, anything unusual."""
    column: str = ""
    """Title of the mark column."""


@dataclass(frozen=True)
class Cell:
    """A field of the file: its value, and its position in the text."""

    value: str
    start: int
    end: int
    quoted: bool


@dataclass
class Sheet:
    """The file, its cells, and the changes to be made."""

    text: str
    delimiter: str
    rows: list[list[Cell]]
    encoding: str
    changes: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def parse(cls, data: bytes, name: str = "the roster") -> Sheet:
        """Parse a file into cells.

        Args:
            data: content of the file.
            name: the file's name in error messages.

        Raises:
            BadSheet: it is too large, not UTF-8, empty, or a quote is never closed.
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
        """Return the column titles, without surrounding spaces."""
        return [cell.value.strip() for cell in self.rows[0]]

    def value(self, row: int, column: int) -> str:
        """Return the value of a cell, without surrounding spaces; a row can be short."""
        cells = self.rows[row]
        return cells[column].value.strip() if column < len(cells) else ""

    def column(self, title: str, name: str = "the roster") -> int:
        """Return the index of the column with this title, ignoring case.

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
        """Set the new value of a cell."""
        self.changes[row, column] = value

    def to_bytes(self) -> bytes:
        """Return the file with the changes made."""
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
        assert match  # the last alternative always matches
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
    """Return the number in a cell, with either decimal sign; None if it is not a number."""
    return Decimal(text.strip().replace(",", ".")) if NUMBER.fullmatch(text) else None


def scaled(value: Decimal, of: int, to: Decimal | None) -> Decimal:
    """Convert points out of ``of`` to points out of ``to``, rounded half up to two places; unchanged without ``to``.

    >>> scaled(Decimal("21.00"), of=63, to=Decimal(10))
    Decimal('3.33')
    """
    if to is None or not of:
        return value
    return (value * to / of).quantize(Decimal("0.01"), ROUND_HALF_UP)


def points(value: Decimal, comma: bool = False) -> str:
    """Format points with two decimals, as platforms do."""
    text = f"{value:.2f}"
    return text.replace(".", ",") if comma else text
