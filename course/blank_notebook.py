"""The notebook that a learner starts from: an exercise's skeleton, with one cell for each function or class.

The notebook is in nbformat 4.5, which every Jupyter version reads. The same skeleton always gives the same bytes.
"""

from __future__ import annotations

import ast
import json
import re

from course import paths
from course.syllabus import Exercise
from course.text import language, say

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def make(exercise: Exercise) -> bytes:
    """Build an exercise's notebook: instructions, the imports, then one cell for each definition."""
    skeleton = paths.skeleton(exercise.slug).read_text(encoding="utf-8")
    summary, parts = _cut(skeleton)
    intro = [
        f"# {exercise.title(language())}",
        say(
            "Write the functions below. To grade this notebook, open a terminal in the folder that contains it "
            "and run: `course grade {exercise}`",
            exercise=exercise.number,
        ),
        say(
            "Save the notebook before you grade it. Only definitions are graded; cells in which you only try "
            "things out are not run. Reports count cells from the top, including Markdown cells: this is cell 1."
        ),
    ]
    if summary:
        intro.append(f"```text\n{summary}\n```")
    cells = [_cell(f"{exercise.slug}-intro", "markdown", "\n\n".join(intro))]
    for name, code in parts:
        cells.append(_cell(f"{exercise.slug}-{name}", "code", code, execution_count=None, outputs=[]))
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _cell(name: str, kind: str, text: str, **more: object) -> dict[str, object]:
    return {
        "cell_type": kind,
        "id": re.sub(r"[^\w-]", "-", name, flags=re.ASCII)[:64],
        "metadata": {},
        "source": text.splitlines(keepends=True),
        **more,
    }


def _cut(skeleton: str) -> tuple[str, list[tuple[str, str]]]:
    """Split a skeleton into its docstring and its code cells: (name, text)."""
    lines = skeleton.splitlines()
    tree = ast.parse(skeleton)
    body = list(tree.body)
    done = 0
    summary = ast.get_docstring(tree) or ""
    if summary:
        done = body.pop(0).end_lineno or 0
    parts: list[tuple[str, list[str]]] = []
    for statement in body:
        end = statement.end_lineno or statement.lineno
        code = lines[done:end]  # including the comments and decorators above it
        done = end
        if isinstance(statement, _DEFINITIONS):
            parts.append((statement.name, code))
        elif parts and parts[-1][0].startswith("code-"):
            parts[-1][1].extend(code)
        else:
            parts.append((f"code-{len(parts) + 1}", code))
    if parts:
        parts[-1][1].extend(lines[done:])
    return summary, [(name, "\n".join(code).strip("\n")) for name, code in parts]
