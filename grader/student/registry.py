"""The fixtures of all exercises, loaded before anything is forked: in the sandbox, our own files cannot be read.

``grader.fixtures`` holds what several exercises share and imports none of its modules, since they import it.
"""

from __future__ import annotations

import importlib
import pkgutil

from grader import fixtures
from grader.student import pool

MODULES = {
    found.name: importlib.import_module(f"{fixtures.__name__}.{found.name}")
    for found in pkgutil.iter_modules(fixtures.__path__)
}
"""Slug -> the fixtures of that exercise, for exercises that have some of their own."""

ROOT = fixtures
"""Where a check's ``student.fixtures`` leads: what is shared is an attribute of it, and so is each of those modules."""


def fill_pool(slug: str) -> None:
    """Build in advance what many checks of an exercise begin with; the exercise's fixtures list it in ``pooled()``."""
    if hasattr(MODULES.get(slug), "pooled"):
        pool.put(MODULES[slug].pooled())
