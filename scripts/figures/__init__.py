"""The numbers that the lessons print, recomputed: one module per lesson.

    course figures lora             the tables of one lesson; the same as ``python -m scripts.figures lora``
    course figures lora --help      optional measurements of this lesson

Nothing is downloaded. A lesson's module contains

- ``SECTIONS``: functions that return figures; the first line of each docstring is the heading of its table;
- ``EXTRAS``, if needed: option -> such a function, for computations that are slow or need another package;
- ``NEEDS``: such an option -> the packages of the extra ``offline`` that it requires.

``tests/test_pages.py`` requires the lesson to print every figure of every section, so neither can change alone;
``tests/test_figures.py`` requires every number in the lesson to be one of them, or to have another source.
"""

from __future__ import annotations

import ast
import functools
import importlib
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from scripts.figures.figure import Figure as Figure
from scripts.figures.figure import percent as percent
from scripts.figures.figure import signed as signed

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before any lesson's module imports transformers

HERE = Path(__file__).resolve().parent
Section = Callable[[], list[Figure]]


@dataclass(frozen=True)
class Extra:
    """An optional measurement of a lesson."""

    heading: str
    needs: tuple[str, ...]
    """Required packages."""


def summary_and_extras(slug: str) -> tuple[str, dict[str, Extra]]:
    """Read the summary and the options of a lesson's module from its source: importing it would import torch."""
    tree = ast.parse((HERE / f"{slug}.py").read_text(encoding="utf-8"))
    assigned = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    headings = {
        node.name: _heading(ast.get_docstring(node) or node.name)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
    needs = ast.literal_eval(assigned["NEEDS"]) if "NEEDS" in assigned else {}
    extras = assigned.get("EXTRAS", ast.Dict([], []))
    assert isinstance(extras, ast.Dict)
    found = {
        str(ast.literal_eval(name)): Extra(headings[function.id], tuple(needs.get(ast.literal_eval(name), ())))
        for name, function in zip(extras.keys, extras.values, strict=True)
        if name is not None and isinstance(function, ast.Name)
    }
    return (ast.get_docstring(tree) or "").partition("\n")[0].replace("``", ""), found


def module_of(slug: str) -> ModuleType:
    """Import the module that computes the figures of a lesson."""
    return importlib.import_module(f"scripts.figures.{slug}")


def heading(section: Section) -> str:
    """Return the first line of a section's docstring."""
    return _heading(section.__doc__ or section.__name__)


def _heading(docstring: str) -> str:
    return docstring.partition("\n")[0].rstrip(".")


def run(section: Section) -> list[Figure]:
    """Compute a section."""
    with warnings.catch_warnings():
        # Ignore the libraries' warnings about their own future; warnings about our own lines stay visible.
        warnings.filterwarnings("ignore", module=r"(torch|transformers|peft)\b")
        return section()


@functools.cache
def compute(slug: str) -> Mapping[str, list[Figure]]:
    """Return heading -> figures, for all sections of a lesson; nothing is computed twice in one process."""
    import torch

    sections = module_of(slug).SECTIONS
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small matrices: threads would only wait for each other
    try:
        found = {heading(section): run(section) for section in sections}
    finally:
        torch.set_num_threads(threads)
    assert len(found) == len(sections), f"two sections of {slug} have the same heading"
    return found
