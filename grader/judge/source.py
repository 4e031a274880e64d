"""The submission as text: its lines, and how a place in it is shown to the student."""

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
    """A file that is graded.

    Args:
        name: its name, as the student sees it.
        content: its bytes.
        cells: of a notebook: first line, number and count of lines of each.
    """

    def __init__(self, name: str, content: bytes, cells: Sequence[tuple[int, int, int]] = ()) -> None:
        self.name = name
        self._content = content
        self._cells = cells
        self._definitions: dict[str, list[int]] | None = None

    @property
    def is_notebook(self) -> bool:
        """Whether it holds the code of a notebook."""
        return bool(self._cells)

    @functools.cached_property
    def text(self) -> str:
        """The file as Python reads it."""
        return submission.decode(self._content)

    def place(self, frames: list[tuple[int, str]]) -> str:
        """Where something happened, to go into a sentence; nothing where no frame is known."""
        if not frames:
            return ""
        line, _ = frames[-1]
        return say(", line {line} (`{text}`)", line=self.number(line), text=self.line(line))

    def number(self, line: int) -> int | str:
        """What a sentence calls a line: its number, or "4 of cell 3"."""
        place = notebook.locate(self._cells, line)
        return say("{line} of cell {cell}", line=place.line, cell=place.cell) if place else line

    def line(self, number: int) -> str:
        """A line without its indentation; empty if there is none of this number."""
        lines = re.split("\r\n|\r|\n", self.text)  # as Python counts; splitlines() knows ten more
        return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""

    def loop(self, frames: list[tuple[int, str]]) -> int | None:
        """The line of the ``while`` that somebody is in: the innermost one; None if there is none on the way."""
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
        """The lines that define a function, a class or a method (``LoRALinear.merge``) of the file."""
        return self.all_definitions().get(name, [])

    def all_definitions(self) -> dict[str, list[int]]:
        """What the file defines at its top level, and in the classes there: name -> the lines that do so, in order.

        An assignment and an import define their names, too. What stands below an ``if``, a loop or a ``try`` is one of
        several ways, and does not count; nor does an assignment that uses what it replaces.
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
        """The way through the file to where an exception was raised; None if it does not lead through the file."""
        lines = self.frames(error.frames, error.left_out)
        return "\n".join([*lines, str(error)]) if lines else None

    def frames(self, frames: list[tuple[int, str]], left_out: int = 0) -> list[str]:
        """The way through the student's file, as Python prints it; what is called by itself is shown once."""
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
    """The names that a statement defines anew."""
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
