"""Files that are written whole or not at all."""

import errno
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from course.destinations import may_be_replaced
from course.text import mark, say
from solutions.recipes.errors import RecipeError
from solutions.recipes.preflight import CHECKPOINT

FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
"""Error numbers of a full disk, or of a full quota."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the file, then rename: readers see the old file or the new one.

    Raises:
        RecipeError: the file cannot be written, for example because the disk is full; an older file stays unchanged.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):  # the folder itself might be missing
            temporary.unlink(missing_ok=True)


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Make other processes wait that want to write in this folder. Windows has no such lock.

    ``course.locks`` does more, but of the course the recipes import only the modules for messages.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)  # and with it the lock


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write indented JSON, whole or not at all."""
    write_atomically(path, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def refuse_foreign(path: Path, schema: str) -> None:
    """Refuse to overwrite a file that is not a result of this recipe; called before the work begins.

    Args:
        path: path of the new result.
        schema: schema of the recipe's results, without the version.

    Raises:
        RecipeError: the file is something else.
    """
    try:
        old = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise RecipeError(say("cannot read {path}: {reason}", path=path, reason=error.strerror or error)) from error
    if may_be_replaced(old, re.compile(rf"{re.escape(schema)}/v\d+")):
        return
    raise RecipeError(
        say("{path} exists and is not an older result, so it is not overwritten. Choose a different file.", path=path)
    )


def cannot_write(path: Path, error: Exception) -> RecipeError:
    """Return the error, with a way out: more space if the disk is full; --resume if there is a checkpoint.

    Args:
        path: the file that was to be written.
        error: from the operating system, or from safetensors, which gives the error number in words.
    """
    named = re.search(r"os error (\d+)", str(error))
    number = int(named[1]) if named else getattr(error, "errno", None)
    reason = os.strerror(number) if number else str(error)
    if number in FULL:
        sentence = mark("cannot write {path}: {reason}. Free some space, or choose a different folder")
    elif number == errno.ENOENT:
        sentence = mark("cannot write {path}: {reason}. Create the folder first, or choose a different one")
    else:
        sentence = mark("cannot write {path}: {reason}. Choose a different folder")
    message = say(sentence, path=path, reason=reason)
    if any(os.path.exists(folder / CHECKPOINT) for folder in (path, *list(path.parents)[:2])):
        message = say("{message}. Continue the unfinished run with --resume", message=message)
    return RecipeError(message)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files of a process that was killed while writing."""
    for leftover in folder.glob(".*.[0-9]*"):
        leftover.unlink(missing_ok=True)
