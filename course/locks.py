"""One writer at a time, among processes. The kernel keeps the lock, so none outlives the process that held it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 60.0
"""Seconds to wait for other writers, who need milliseconds each on a quiet machine; then we go on without."""
PAUSE = 0.01
"""Seconds between two attempts."""


@contextlib.contextmanager
def held(directory: Path) -> Iterator[bool]:
    """Hold the lock of a directory, and say so; where there is no directory, or no lock to be had, go on without.

    On Unix the directory itself is locked and nothing is left in it. Not every network file system knows locks;
    there one of two writers may lose a result, but none can damage the file, which is replaced whole.
    """
    try:
        descriptor = _open(directory)
    except OSError:
        yield False
        return
    try:
        yield _wait(descriptor)
    finally:
        os.close(descriptor)  # and with it the lock


@contextlib.contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Hold the lock of a file, which is made for it and stays; whoever comes second hears at once that it is taken.

    Args:
        path: of the file.

    Yields:
        Whether there is a lock to be held at all: not every network file system knows any.

    Raises:
        BlockingIOError: another process holds it.
        OSError: the file cannot be made.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError) as error:
            raise BlockingIOError(*error.args) from None
        except OSError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _open(directory: Path) -> int:
        return os.open(directory / "lock", os.O_RDWR | os.O_CREAT)

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _open(directory: Path) -> int:
        return os.open(directory, os.O_RDONLY | os.O_DIRECTORY)

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _wait(descriptor: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError):  # Windows says the latter
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        except OSError:  # a file system without locks
            return False
        else:
            return True
