"""Files that are there as a whole or not at all."""

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
"""What the system says if there is no space left, or none for this user."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the file, then put it in its place: whoever reads it sees the old one or the new one.

    Raises:
        RecipeError: it cannot be written, for example since the disk is full; an older file stays as it was.
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
        with suppress(OSError):  # the folder itself may be missing
            temporary.unlink(missing_ok=True)


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Meanwhile, other processes that want to write in this folder wait. There is no such lock on Windows.

    ``course.locks`` does more, but of the course the recipes import only what speaks.
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
    """Readable JSON, all of it or nothing."""
    write_atomically(path, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())


def refuse_foreign(path: Path, schema: str) -> None:
    """Keep a file that is no older result of a recipe; to be asked before the work is done.

    Args:
        path: where the result will be written.
        schema: of the recipe's results, without the version.

    Raises:
        RecipeError: something else is there.
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
    """One sentence with the way out: space, where it is space that is missing; --resume, where there is a checkpoint.

    Args:
        path: what was to be written.
        error: of the operating system, or of safetensors, which passes on its number in words.
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
    """What a process left that was killed while it wrote."""
    for leftover in folder.glob(".*.[0-9]*"):
        leftover.unlink(missing_ok=True)
