"""The submission as text: its lines, and how a place in it is shown to the student."""

from __future__ import annotations

import ast
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
