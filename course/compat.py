"""Features of later Python versions that the oldest supported one, 3.10, lacks."""

from __future__ import annotations

import functools
import os
import site
import sys
from importlib.machinery import PathFinder
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["isolated_command", "module_command", "tomllib"]

_SAFELY = "import sys; del sys.path[0]; import runpy; runpy.run_module({!r}, run_name='__main__', alter_sys=True)"


def module_command(module: str, *options: str) -> list[str]:
    """Return the command that runs one of our modules in this interpreter.

    It keeps the current directory, which may contain a student's ``torch.py``, out of ``sys.path``: with ``-P``, or by
    hand in versions without that option.

    Args:
        module: dotted name of the module.
        options: further options of the interpreter.
    """
    if sys.version_info >= (3, 11):
        return [sys.executable, *options, "-P", "-m", module]
    return [sys.executable, *options, "-c", _SAFELY.format(module)]


OURS = ("course", "exercises", "grader", "solutions")
"""Packages that a grader process imports from the folder of this one, and from nowhere else."""
NEEDED = ("torch", "numpy", "msgpack", "safetensors", "pytest")
"""Libraries that the grader cannot work without."""
_ISOLATED = """\
import sys
from importlib.machinery import PathFinder

class Ours:
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, [{root!r}]) if name in {ours!r} else None

sys.meta_path.insert(0, Ours)
sys.path += {more!r}
import runpy
runpy.run_module({module!r}, run_name='__main__', alter_sys=True)
"""


def isolated_command(module: str, *options: str) -> list[str]:
    """Return the command that runs one of our modules so that nothing outside our control decides what it imports.

    The interpreter ignores the current folder, the PYTHON... variables and the user's own packages (``-I``). Our
    packages are imported from the folder of this one, whether installed or in a checkout; libraries from where they
    are installed.

    Args:
        module: dotted name of the module.
        options: further options of the interpreter.
    """
    root = str(Path(__file__).resolve().parents[1])
    code = _ISOLATED.format(root=root, ours=OURS, more=more_libraries(), module=module)
    written = ["-B"] if sys.dont_write_bytecode else []
    return [sys.executable, "-I", "-X", "utf8", *written, *options, "-c", code]


@functools.cache
def more_libraries() -> list[str]:
    """Return library folders that an isolated interpreter does not know and the grader needs; they come last.

    Only if a required library is nowhere else: the user's own packages, then entries of PYTHONPATH that are absolute,
    contain installed packages and are not the current folder.
    """
    inherited = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(entry)]
    user = site.getusersitepackages() if site.ENABLE_USER_SITE else ""
    here = os.path.realpath(_current_folder())
    excluded = {os.path.realpath(entry) for entry in (*inherited, *([user] if user else []), here)}
    path = [entry for entry in sys.path if entry and os.path.realpath(entry) not in excluded]
    more: list[str] = []
    for entry in (user, *inherited):
        if all(PathFinder.find_spec(name, [*path, *more]) for name in NEEDED):
            break
        if entry and os.path.realpath(entry) != here and any(Path(entry).glob("*.dist-info")):
            more.append(entry)
    return more


def _current_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed meanwhile
        return os.sep
