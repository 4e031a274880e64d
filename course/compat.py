"""What later versions of Python bring along and the oldest supported one, 3.10, lacks."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["module_command", "tomllib"]

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
