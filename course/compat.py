"""What later versions of Python bring along and the oldest supported one, 3.10, lacks."""

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
    """The command that runs one of our modules in this interpreter.

    It keeps the current directory, which may hold a student's ``torch.py``, out of ``sys.path``: by ``-P``, or by hand
    where Python does not know that option.

    Args:
        module: dotted name.
        options: further options of the interpreter.
    """
    if sys.version_info >= (3, 11):
        return [sys.executable, *options, "-P", "-m", module]
    return [sys.executable, *options, "-c", _SAFELY.format(module)]


OURS = ("course", "exercises", "grader", "solutions")
"""Packages that a process of the grader takes from beside this one, and from nowhere else."""
NEEDED = ("torch", "numpy", "msgpack", "safetensors", "pytest")
"""Libraries without which it cannot work."""
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
    """The command that runs one of our modules so that nobody but us decides what it imports.

    The interpreter ignores the current folder, the variables PYTHON... and the user's own packages (``-I``). Our
    packages come from beside this one, whether it is installed or lies in a checkout; libraries from where they are
    installed.

    Args:
        module: dotted name.
        options: further options of the interpreter.
    """
    root = str(Path(__file__).resolve().parents[1])
    code = _ISOLATED.format(root=root, ours=OURS, more=more_libraries(), module=module)
    written = ["-B"] if sys.dont_write_bytecode else []
    return [sys.executable, "-I", "-X", "utf8", *written, *options, "-c", code]


@functools.cache
def more_libraries() -> list[str]:
    """Folders of libraries that an isolated interpreter does not know and that the grader needs, to come last.

    Only if something it needs is nowhere else: the user's own packages, then entries of PYTHONPATH that are absolute,
    hold installed packages and are not the current folder.
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
    except OSError:  # somebody has removed it
        return os.sep
