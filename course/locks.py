"""Locks between processes, so that only one writes at a time. The kernel releases a lock when its process ends."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE = 60.0
"""Seconds to wait for other writers, who need milliseconds each on a quiet machine; then we go on without the lock."""
PAUSE = 0.01
"""Seconds between two attempts."""


@contextlib.contextmanager
def held(directory: Path) -> Iterator[bool]:
    """Hold the lock of a directory, and yield whether it is held; without a directory or locks, continue anyway.

    On Unix the directory itself is locked and nothing is left in it. Not every network file system supports locks;
    there, one of two writers can lose a result, but none can damage the file, which is replaced as a whole.
    """
    try:
        descriptor = _open(directory)
    except OSError:
        yield False
        return
    try:
        yield _wait(descriptor)
    finally:
        os.close(descriptor)  # this releases the lock


@contextlib.contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Hold the lock of a file, which is created and stays; a second process gets an error at once.

    Args:
        path: path of the file.

    Yields:
        Whether locks are supported: not every network file system has them.

    Raises:
        BlockingIOError: another process holds it.
        OSError: the file cannot be created.
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
        except (BlockingIOError, PermissionError):  # Windows reports the latter
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE)
        except OSError:  # a file system without locks
            return False
        else:
            return True
