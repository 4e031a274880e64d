"""The submission as text: its lines, its definitions, and places in it as the student sees them."""

from __future__ import annotations

import ast
import contextlib
import functools
import re
from collections.abc import Sequence

from course import notebook, submission
from course.text import say
from grader.errors import StudentRaised
from grader.wire import OUTER_FRAMES


class Source:
    """The file that is graded.

    Args:
        name: its name, as the student sees it.
        content: its bytes.
        cells: first line, number and count of lines for each cell of a notebook.
    """

    def __init__(self, name: str, content: bytes, cells: Sequence[tuple[int, int, int]] = ()) -> None:
        self.name = name
        self._content = content
        self._cells = cells
        self._definitions: dict[str, list[int]] | None = None

    @property
    def is_notebook(self) -> bool:
        """True if the file holds the code of a notebook."""
        return bool(self._cells)

    @functools.cached_property
    def text(self) -> str:
        """The file, decoded as Python does."""
        return submission.decode(self._content)

    def place(self, frames: list[tuple[int, str]]) -> str:
        """Return the place of the innermost frame as part of a sentence; empty if there are no frames."""
        if not frames:
            return ""
        line, _ = frames[-1]
        return say(", line {line} (`{text}`)", line=self.number(line), text=self.line(line))

    def number(self, line: int) -> int | str:
        """Return the name of a line in a sentence: its number, or "4 of cell 3"."""
        place = notebook.locate(self._cells, line)
        return say("{line} of cell {cell}", line=place.line, cell=place.cell) if place else line

    def line(self, number: int) -> str:
        """Return a line without its indentation; empty if it does not exist."""
        lines = re.split("\r\n|\r|\n", self.text)  # as Python does; splitlines() splits at ten more characters
        return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""

    def loop(self, frames: list[tuple[int, str]]) -> int | None:
        """Return the line of the innermost ``while`` loop around one of the frames; None if there is none."""
        try:
            nodes = list(ast.walk(ast.parse(self.text)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        loops = [(node.lineno, node.end_lineno or node.lineno) for node in nodes if isinstance(node, ast.While)]
        for line, _ in reversed(frames):
            if around := [first for first, last in loops if first <= line <= last]:
                return max(around)
        return None

    def definitions(self, name: str) -> list[int]:
        """Return the lines that define a function, a class or a method (``LoRALinear.merge``) of the file."""
        return self.all_definitions().get(name, [])

    def all_definitions(self) -> dict[str, list[int]]:
        """Return name -> lines that define it, in order, for the top level of the file and the classes there.

        Assignments and imports define names, too. Definitions below an ``if``, a loop or a ``try`` do not count, since
        they may be alternatives; nor does an assignment that uses the value that it replaces.
        """
        if self._definitions is None:
            self._definitions = {}
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                self._define(ast.parse(self.text).body, "")
        return self._definitions

    def _define(self, body: Sequence[ast.stmt], prefix: str) -> None:
        assert self._definitions is not None
        inner: dict[str, ast.ClassDef] = {}
        for node in body:
            for name in _defined(node):
                self._definitions.setdefault(prefix + name, []).append(node.lineno)
            if isinstance(node, ast.ClassDef):
                inner[node.name] = node
        for name, last in inner.items() if not prefix else ():
            self._define(last.body, f"{name}.")

    def traceback(self, error: StudentRaised) -> str | None:
        """Return the traceback of an exception within the file; None if it has no frame in the file."""
        lines = self.frames(error.frames, error.left_out)
        return "\n".join([*lines, str(error)]) if lines else None

    def frames(self, frames: list[tuple[int, str]], left_out: int = 0) -> list[str]:
        """Return the frames in the student's file as Python prints them; repeated ones are shown once, with a count."""
        runs: list[tuple[tuple[int, str] | None, int]] = []
        for place, frame in enumerate(frames):
            missing = left_out if place == OUTER_FRAMES else 0
            if runs and runs[-1][0] == frame:
                runs[-1] = frame, runs[-1][1] + missing + 1
            else:
                runs += [(None, missing), (frame, 1)] if missing else [(frame, 1)]
        shown = []
        for frame_or_gap, count in runs:
            if frame_or_gap is None:
                shown.append(f"  [{count} more calls]")
                continue
            line, name = frame_or_gap
            where = notebook.locate(self._cells, line) or f"line {line}"
            shown.append(f'  File "{self.name}", {where}, in {name}\n    {self.line(line)}')
            if count > 1:
                shown.append(f"  [the same call {count - 1} more times]")
        return shown


def _defined(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        parts = [one.attr for one in node.decorator_list if isinstance(one, ast.Attribute)]
        parts += [one.id for one in node.decorator_list if isinstance(one, ast.Name)]
        return [] if set(parts) & {"setter", "getter", "deleter", "overload", "register"} else [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.Assign) or (isinstance(node, ast.AnnAssign) and node.value is not None):
        names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
        used = {one.id for one in names if isinstance(one.ctx, ast.Load)}
        return [one.id for one in names if isinstance(one.ctx, ast.Store) and one.id not in used]
    return []
