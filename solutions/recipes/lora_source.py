"""Where LoRA comes from: the reference, or the file that you wrote (``--mine``).

The file is imported into this very process and can do whatever you can do. That is right for your own file on your own
machine; a stranger's file belongs into the sandbox of ``course grade``.
"""

import hashlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import click

import solutions.lora
from solutions.recipes.errors import RecipeFault, StudentError
from solutions.recipes.preflight import find_mine

NAMES = ("lora_report", "LoRALinear", "inject_lora", "lora_state_dict", "load_lora_state_dict")
"""What the recipe takes from the file."""
GRADE_FIRST = "Grade it first: course grade exercise-3"


def lora_functions(mine: Path | None) -> ModuleType:
    """The module that LoRA is taken from: the reference, or your file.

    Raises:
        StudentError: the file is missing, cannot be imported, or lacks a name.
    """
    if mine is None:
        return solutions.lora
    find_mine(mine)
    spec = importlib.util.spec_from_file_location("mine", mine.resolve())
    if spec is None or spec.loader is None:
        raise StudentError(f"{mine} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise StudentError(f"{mine} cannot be imported: {type(error).__name__}: {error}") from error
    missing = [name for name in NAMES if not callable(getattr(module, name, None))]
    if missing:
        raise StudentError(f"{mine} does not define {', '.join(missing)}. The recipe needs {', '.join(NAMES)}")
    return module


@contextmanager
def blame(mine: Path | None) -> Iterator[None]:
    """Turn an exception that came through your file into one sentence with its function and line.

    Raises:
        StudentError: instead of the exception, if one of its frames is in the file.
    """
    try:
        yield
    except Exception as error:
        place = None
        frame = error.__traceback__
        while mine is not None and frame is not None:
            if Path(frame.tb_frame.f_code.co_filename) == mine.resolve():
                code = frame.tb_frame.f_code
                place = (getattr(code, "co_qualname", code.co_name), frame.tb_lineno)  # qualified from Python 3.11 on
            frame = frame.tb_next
        if place is None:
            raise
        name, line = place
        if isinstance(error, NotImplementedError):
            raise StudentError(f"{name} in {mine} is not written yet (line {line}). {GRADE_FIRST}") from error
        reason = f"{type(error).__name__}: {error}"
        if "dtype" in reason:  # a backward pass of one's own, say, which autocast does not reach
            reason += " (does it work with --precision fp32?)"
        raise StudentError(f"{name} in {mine} failed in line {line} with {reason}. {GRADE_FIRST}") from error


def broken_promise(mine: Path | None, message: str) -> click.ClickException:
    """The error for something that LoRA should have done: yours with your file, ours without."""
    return StudentError(f"{message}. {GRADE_FIRST}") if mine else RecipeFault(message)


def sha256(mine: Path) -> str:
    """Which version of the file it was."""
    return hashlib.sha256(mine.read_bytes()).hexdigest()
