"""The fixtures of all exercises, loaded before anything is forked: in the sandbox, our own files cannot be read.

``grader.fixtures`` contains what several exercises share; it imports none of its modules, since they import it.
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
"""Slug -> fixtures of that exercise, for exercises that have some of their own."""

ROOT = fixtures
"""Target of a check's ``student.fixtures``; its attributes are the shared fixtures and the modules of ``MODULES``."""


def fill_pool(slug: str) -> None:
    """Build in advance the models that checks of an exercise use; the exercise's fixtures list them in ``pooled()``."""
    if hasattr(MODULES.get(slug), "pooled"):
        pool.put(MODULES[slug].pooled())
