"""Collects the checks of a check file with pytest, for the judge and for authors (grader/checks/conftest.py)."""

from __future__ import annotations

import types
from pathlib import Path

import pytest

PATTERNS = {"python_files": "check_*.py", "python_classes": "Check*", "python_functions": "check_*"}
"""pytest's options for the names of check files, of their classes and of the checks in them."""


class CheckFiles:
    """A plugin that collects the methods ``check_<name>`` of a check file; each takes a ``student``."""

    def module_of(self, path: Path) -> types.ModuleType:
        """Return the imported check file."""
        raise NotImplementedError

    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Module:
        """Use the module that the manifest was read from, because pytest would load the file a second time."""
        module: pytest.Module = pytest.Module.from_parent(parent, path=module_path)
        module.obj = self.module_of(module_path)
        return module


def id_of(item: pytest.Item) -> str:
    """Return the id of a check, ``Function.check``."""
    group = getattr(item, "cls", None)
    return f"{getattr(group, 'function', '?')}.{item.name.removeprefix('check_')}"
