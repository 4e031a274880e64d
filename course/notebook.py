"""Convert a Jupyter notebook to the Python file that is graded: its code cells in order, and the cell of each line.

Outputs are ignored, and nothing is run. The JSON is parsed only for the fields we need, so a notebook from another
version, or one that is not quite valid, can be read all the same. Lines that are not Python are dropped, other lines
keep their places in their cells, and ``course.slicing`` selects what stays. Notes tell the learner what was left out.

Cells are counted from the top, from 1, including Markdown cells, as in VS Code and ruff. Jupyter shows no such number,
only the order in which cells were run; so if a note names a cell, another note explains how cells are counted.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from course import paths, slicing, submission, syllabus
from course.submission import NotGradable
from course.syllabus import Exercise
from course.text import mark, say, say_many

SUFFIX = ".ipynb"
MAX_BYTES = 2**24
"""Maximum size of the file; pictures in outputs count, although they are not used."""
MAX_CELLS = 5_000
MAX_LINES = 30_000
"""Maximum lines of code."""
MAX_STATEMENTS = 10_000
"""Maximum statements outside of functions."""
SHOWN = 8
"""Maximum places named in one note."""
COUNTED = mark("Cells are counted from the top, including Markdown cells.")

_COMMAND = r"(?:pip3?|conda|mamba|uv)[ \t]+(?:pip[ \t]+)?install\b"
_HELP = r"%{0,2}[\w*][\w.*]*\?{1,2}[ \t]*(?:#[^\n]*)?(?:\n|\Z)"
_ASSIGNED = r"[\w.,*:\[\] \t]+=[ \t]*(?:%[a-zA-Z]|!(?!=))"
MAGIC = re.compile(
    rf"(?P<indent>[ \t]*)(?![ \t])(?:(?=[%!?])|(?={_COMMAND})|(?={_HELP})|(?={_ASSIGNED}))(?:[^\\\n]|\\.)*", re.DOTALL
)
"""A logical line that IPython understands and Python does not; a backslash at its end joins it with the next one."""
CELL_MAGIC = re.compile(r"\s*%%(\w*)[^\n]*")
HARMLESS = ("time", "capture", "prun")
"""Cell magics whose cell is ordinary Python with definitions; the cells of all others are dropped."""
DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class|from|import|@)\b|^[ \t]*@", re.MULTILINE)
"""Signs, in a cell that does not parse, that it was meant to define something."""
_TOKEN = re.compile(
    r"#[^\n]*|(?:\"\"\"(?:[^\\\"]|\\.|\"(?!\"\"))*(?:\"\"\"|\\?\Z))|(?:'''(?:[^\\']|\\.|'(?!''))*(?:'''|\\?\Z))"
    r"|\"(?:[^\\\"\n]|\\.)*\"?|'(?:[^\\'\n]|\\.)*'?|[(\[{]|[)\]}]|\\\n|\n",
    re.DOTALL,
)


class Cell(NamedTuple):
    """Position of a code cell's lines in the source."""

    start: int
    """Line of the source with the cell's first line; from 1."""
    number: int
    """Number of the cell in the notebook; from 1."""
    lines: int


@dataclass(frozen=True)
class Notebook:
    """The graded part of a notebook."""

    source: str
    """The Python source."""
    cells: tuple[Cell, ...]
    """Cells in the order of the source; cells that are entirely left out are not included."""
    notes: tuple[str, ...] = ()
    """Sentences about what was left out."""


class Place(NamedTuple):
    """A line of a notebook."""

    cell: int
    line: int

    def __str__(self) -> str:
        """Format for a sentence: cell 3, line 4."""
        return say("cell {cell}, line {line}", cell=self.cell, line=self.line)


def is_notebook(path: str | Path) -> bool:
    """Return whether a file of this name is a notebook."""
    return Path(path).suffix.lower() == SUFFIX


def locate(cells: Sequence[Sequence[int]], line: int) -> Place | None:
    """Return the position of a source line in the notebook; None if it is in none of these cells."""
    for start, number, lines in cells:
        if start <= line < start + lines:
            return Place(number, line - start + 1)
    return None


# --- reading ----------------------------------------------------------------------------------------------------------


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""
    """Name of ``source`` up to nbformat 3."""

    @property
    def text(self) -> str:
        source = self.source or self.input
        text = source if isinstance(source, str) else "".join(source)
        return re.sub("\r\n?", "\n", text).removesuffix("\n")


class _Sheet(msgspec.Struct):
    cells: list[_Cell] = []


class _File(msgspec.Struct):
    nbformat: int
    cells: list[_Cell] | None = None
    worksheets: list[_Sheet] = []
    """Container of the cells up to nbformat 3; there was only ever one."""
    metadata: Any = None


@dataclass
class _Draft:
    """A code cell being processed."""

    number: int
    text: str
    units: list[slicing.Unit] = field(default_factory=list)
    parsed: bool = True

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


def read(data: bytes, name: str, names: Collection[str] | None = None) -> Notebook:
    """Read the code of a notebook.

    Args:
        data: content of the file.
        name: the file's name in messages.
        names: names to keep, whatever form their definition has (``graded``); None means those of all exercises.

    Raises:
        NotGradable: it is not a notebook, contains no Python, or is too large.
    """
    if names is None:
        names = {one for exercise in syllabus.load() if not exercise.planned for one in graded(exercise)}
    found = _parse(data, name)
    cells = found.cells if found.cells is not None else [cell for sheet in found.worksheets for cell in sheet.cells]
    language = _language(found.metadata)
    if not language.lower().startswith(("python", "ipython")):
        raise NotGradable(
            say("{file} is a notebook in {language}; the exercises are in Python.", file=name, language=language)
        )
    if len(cells) > MAX_CELLS:
        raise NotGradable(
            say(
                "{file} has {count} cells; no more than {limit} are allowed.",
                file=name,
                count=len(cells),
                limit=MAX_CELLS,
            )
        )
    drafts = [
        _Draft(number, text)
        for number, cell in enumerate(cells, 1)
        if cell.cell_type == "code" and (text := cell.text).strip()
    ]
    if not drafts:
        raise NotGradable(say("{file} has no code cell that contains code.", file=name))
    _demand_text(drafts, name)
    notes = [*_drop_magics(drafts), *_slice(drafts, names, name)]
    notes += [say(COUNTED)] if notes else []
    source, places = _join(drafts)
    if not places:
        raise NotGradable("\n".join([say("{file} defines nothing that can be graded.", file=name), *notes]))
    return Notebook(source, places, tuple(notes))


@functools.cache
def graded(exercise: Exercise) -> frozenset[str]:
    """Return the names that an exercise's checks can ask for: its functions, and all else that its skeleton defines."""
    skeleton = slicing.units(paths.skeleton(exercise.slug).read_text(encoding="utf-8"), MAX_STATEMENTS)
    return frozenset(exercise.names).union(*(unit.binds for unit in skeleton if not unit.imports))


def load(path: Path, exercise: Exercise) -> Notebook:
    """Read the code of a notebook file, as far as an exercise needs it.

    Raises:
        NotGradable: the file cannot be read, or as in ``read``.
    """
    return read(submission.contents(path, MAX_BYTES), path.name, graded(exercise))


def _parse(data: bytes, name: str) -> _File:
    if len(data) > MAX_BYTES:
        raise NotGradable(
            say(
                "{file} has {size} bytes; a notebook may have at most {limit}. Clear its outputs and save it again.",
                file=name,
                size=f"{len(data):,}",
                limit=f"{MAX_BYTES:,}",
            )
        )
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_File)
    except msgspec.ValidationError as error:
        raise NotGradable(say("{file} is JSON, but not a notebook: {reason}.", file=name, reason=str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotGradable(
            say("{file} is not a notebook: its JSON is damaged ({reason}).", file=name, reason=str(error))
        ) from None
    except RecursionError:
        raise NotGradable(say("{file} is not a notebook: its JSON is nested too deeply.", file=name)) from None
    if found.nbformat > 4:
        raise NotGradable(
            say(
                "{file} is a notebook in format {version}; only formats up to 4 can be read. Save it in an "
                "older format.",
                file=name,
                version=found.nbformat,
            )
        )
    return found


def _language(metadata: object) -> str:
    """Return the language that a notebook declares; Python by default."""
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        holder = metadata.get(part) if isinstance(metadata, dict) else None
        language = holder.get(key) if isinstance(holder, dict) else None
        if isinstance(language, str) and language.strip():
            return language.strip()[:40]
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    named = kernel.get("name") if isinstance(kernel, dict) else None
    return "R" if named == "ir" else "python"


def _demand_text(drafts: Sequence[_Draft], name: str) -> None:
    """Refuse more code than a file is allowed to have, and characters that no Python file can contain."""
    size = 0
    for draft in drafts:
        try:
            size += len(draft.text.encode())
        except UnicodeEncodeError:
            raise NotGradable(
                say("{file} is not text: cell {cell} contains half of a surrogate pair.", file=name, cell=draft.number)
            ) from None
        if "\0" in draft.text:
            raise NotGradable(say("{file} is not text: cell {cell} contains NUL bytes.", file=name, cell=draft.number))
    if (lines := sum(draft.text.count("\n") + 1 for draft in drafts)) > MAX_LINES:
        raise NotGradable(
            say(
                "{file} has {count} lines of code; no more than {limit} are allowed.",
                file=name,
                count=lines,
                limit=MAX_LINES,
            )
        )
    if size > submission.MAX_BYTES:
        raise NotGradable(
            say(
                "{file} has {size} bytes of code; a solution needs no more than {limit}.",
                file=name,
                size=f"{size:,}",
                limit=f"{submission.MAX_BYTES:,}",
            )
        )


# --- removing what is not Python --------------------------------------------------------------------------------------


def _drop_magics(drafts: list[_Draft]) -> Iterator[str]:
    """Remove magics and shell lines from the cells; yield them."""
    whole: list[str] = []
    places: list[str] = []
    for draft in drafts:
        head = draft.text
        offset = 0
        while found := CELL_MAGIC.match(head, offset):
            if found[1] not in HARMLESS:
                whole.append(say("cell {cell} (%%{magic})", cell=draft.number, magic=found[1]))
                draft.text = ""
                break
            offset = found.end()
        else:
            blank = "\n" * head.count("\n", 0, offset)
            draft.text, dropped = without_magics(_flush(blank + head[offset:]))
            places += [str(Place(draft.number, line)) for line in dropped]
    drafts[:] = [draft for draft in drafts if draft.text.strip()]
    if whole:
        yield say("Left out because it is not Python: {places}.", places=_some(whole))
    if places:
        yield say("Left out lines with % or !, which only a notebook can run: {places}.", places=_some(places))


def _flush(cell: str) -> str:
    """Dedent a cell that is indented as a whole, as IPython does."""
    indent = re.match(r"\s*^([ \t]*)", cell, re.MULTILINE)
    width = len(indent[1]) if indent else 0
    return re.sub(rf"^[ \t]{{{width}}}", "", cell, flags=re.MULTILINE) if width else cell


def without_magics(cell: str) -> tuple[str, list[int]]:
    r"""Return a cell without IPython syntax, every other line in its place, and the numbers of the removed lines.

    >>> without_magics("%matplotlib inline\nx = 7\nif x:\n    !ls\nprint('''\n%d''' % x)")
    ("\nx = 7\nif x:\n    pass\nprint('''\n%d''' % x)", [1, 4])
    """
    kept: list[str] = []
    dropped: list[int] = []
    place = line = 0
    while place < len(cell):
        found = MAGIC.match(cell, place)
        end = found.end() if found else _end_of_line(cell, place)
        text = cell[place:end]
        if found:
            dropped.append(line + 1)
            kept.append((found["indent"] + "pass" if found["indent"] else "") + "\n" * text.count("\n"))
        else:
            kept.append(text)
        line += text.count("\n")
        place = end
        if found and cell.startswith("\n", place):
            kept.append("\n")
            line += 1
            place += 1
    return "".join(kept), dropped


def _end_of_line(cell: str, place: int) -> int:
    """Return the end of the logical line that begins here: after its newline, with brackets and strings closed."""
    depth = 0
    for token in _TOKEN.finditer(cell, place):
        if token[0] in ("(", "[", "{"):
            depth += 1
        elif token[0] in (")", "]", "}"):
            depth = max(0, depth - 1)
        elif token[0] == "\n" and not depth:
            return token.end()
    return len(cell)


def _some(places: Sequence[str]) -> str:
    """Return a list of places, shortened."""
    shown = "; ".join(places[:SHOWN])
    more = len(places) - SHOWN
    return shown if more <= 0 else shown + "; " + say_many("and 1 more", "and {count} more", count=more)


# --- selecting what is graded -----------------------------------------------------------------------------------------


def _slice(drafts: list[_Draft], names: Collection[str], name: str) -> Iterator[str]:
    """Remove code from the cells that only tries things out; yield it."""
    broken: list[str] = []
    room = MAX_STATEMENTS
    for draft in drafts:
        try:
            draft.units = slicing.units(draft.text, room)
            room -= len(draft.units)
        except slicing.TooMany:
            raise NotGradable(
                say(
                    "{file} has too many statements outside functions; no more than {limit} are allowed.",
                    file=name,
                    limit=f"{MAX_STATEMENTS:,}",
                )
            ) from None
        except slicing.UNPARSABLE as error:
            draft.parsed = False
            if not DEFINES.search(draft.text):
                line = getattr(error, "lineno", None)
                broken.append(str(Place(draft.number, line)) if line else say("cell {cell}", cell=draft.number))
                draft.text = ""
    slicing.decide([unit for draft in drafts for unit in draft.units], names)
    tried: list[str] = []
    for draft in drafts:
        if draft.parsed:
            tried += _cut(draft)
    drafts[:] = [draft for draft in drafts if draft.text.strip()]
    if broken:
        yield say("Left out because it does not parse and defines nothing: {places}.", places=_some(broken))
    if tried:
        yield say("Not run because no definition uses it: {places}.", places=_some(tried))


def _cut(draft: _Draft) -> list[str]:
    """Remove the statements from a cell that do not stay; return their places.

    An unused import that would have worked is not worth reporting.
    """
    gone = [unit for unit in draft.units if not unit.stays]
    if not gone:
        return []
    lines = draft.lines
    for unit in gone:
        lines[unit.start - 1 : unit.end] = [""] * (unit.end - unit.start + 1)
    draft.text = "\n".join(lines)
    gone = [unit for unit in gone if not unit.at_hand]
    if gone and all(not unit.stays or unit.idle for unit in draft.units):
        draft.text = ""
        return [say("cell {cell}", cell=draft.number)]
    return [
        str(Place(draft.number, start))
        if start == end
        else say("cell {cell}, lines {start} to {end}", cell=draft.number, start=start, end=end)
        for start, end in _runs(gone)
    ]


def _runs(gone: Sequence[slicing.Unit]) -> list[tuple[int, int]]:
    """Return the line ranges of consecutive statements."""
    runs: list[tuple[int, int]] = []
    for unit in gone:
        if runs and unit.start <= runs[-1][1] + 1:
            runs[-1] = runs[-1][0], unit.end
        else:
            runs.append((unit.start, unit.end))
    return runs


def _join(drafts: Sequence[_Draft]) -> tuple[str, tuple[Cell, ...]]:
    """Join the cells into one file; statements required at the beginning are moved there."""
    future: list[str] = []
    for draft in drafts:
        lines = draft.lines
        for unit in draft.units:
            if unit.stays and (features := _features(unit)):
                future += features
                lines[unit.start - 1 : unit.end] = [""] * (unit.end - unit.start + 1)
        draft.text = "\n".join(lines)
    head = ["# coding: utf-8"]  # whatever a cell declares
    if future:
        head.append(f"from __future__ import {', '.join(dict.fromkeys(future))}")
    parts = ["\n".join(head) + "\n"]
    cells: list[Cell] = []
    line = len(head) + 1
    for draft in drafts:
        count = draft.text.count("\n") + 1
        cells.append(Cell(line, draft.number, count))
        parts.append(draft.text + "\n")
        line += count
    return "".join(parts), tuple(cells)


def _features(unit: slicing.Unit) -> list[str]:
    """Return the names in ``from __future__ import ...``; none if the line contains anything else."""
    features: list[str] = []
    for statement in unit.statements:
        if not isinstance(statement, ast.ImportFrom) or statement.module != "__future__":
            return []
        features += [name.name for name in statement.names]
    return features
