"""The folders that student processes write to: how much lies in them, and how they are removed.

Whatever a student's code has made of its folder, looking at it and removing it must neither fail nor take long: it is
done by a fork server, which everybody else is waiting for. So nothing here recurses, follows a link or believes a
mode.
"""

from __future__ import annotations

import contextlib
import os
import time
from itertools import islice
from pathlib import Path

MAX_BYTES = 64 * 2**20
MAX_ENTRIES = 2000
MAX_DEPTH = 32
SOONEST = 0.005
"""Seconds in which no machine writes ``MAX_BYTES``: after less there is nothing to look for."""
OVERFLOWN = 72
"""Exit code of a student process that has found its folder too full."""


def overflows(folder: Path, *, hidden: bool = True) -> bool:
    """Whether a folder holds more than it may: bytes on disk, files, levels. Stops counting as soon as it knows.

    Args:
        folder: to look into.
        hidden: whether a folder that cannot be listed counts as too full.
    """
    size = entries = 0
    waiting = [(os.fspath(folder), 1)]
    while waiting:
        path, depth = waiting.pop()
        try:
            with os.scandir(path) as found:
                for entry in found:
                    entries += 1
                    with contextlib.suppress(FileNotFoundError):  # removed while we look
                        size += getattr(entry.stat(follow_symlinks=False), "st_blocks", 0) * 512
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append((entry.path, depth + 1))
                    if size > MAX_BYTES or entries > MAX_ENTRIES or depth > MAX_DEPTH:
                        return True
        except FileNotFoundError:
            continue
        except OSError:
            if hidden:
                return True
    return False


class Gauge:
    """Ends a student process as soon as what it has just run has left too much in its folder.

    The host looks too, but at its own moments: without this, they would decide whether a check still passes.

    Args:
        folder: the scratch folder of this process.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._busy = 0.0

    def look(self, began: float) -> None:
        """End this process if the folder is too full.

        Args:
            began: when the student's code began to run, by ``time.monotonic``.
        """
        self._busy += time.monotonic() - began
        if self._busy > SOONEST:
            self._busy = 0.0
            if overflows(self._folder, hidden=False):  # what this process cannot list, the host can
                os._exit(OVERFLOWN)


def why(exit_code: int | None, folder: Path) -> str | None:
    """``"disk"`` if a process that ended with this code has left too much in its folder."""
    return "disk" if exit_code == OVERFLOWN and overflows(folder) else None


def remove_if_plain(folder: Path) -> bool:
    """Remove a folder that holds a few files and no folder, as most do; else touch nothing and return False."""
    try:
        with os.scandir(folder) as found:
            entries = list(islice(found, MAX_ENTRIES + 1))
        if len(entries) > MAX_ENTRIES or any(entry.is_dir(follow_symlinks=False) for entry in entries):
            return False
        for entry in entries:
            os.unlink(entry.path)
        os.rmdir(folder)
    except OSError:
        return False
    return True


def remove(folder: Path) -> None:
    """Remove a folder of which no process writes any more, however deep it is and whatever its modes.

    Subfolders are moved to the top before they are emptied, so that no path grows long. What cannot be removed stays.
    """
    top = os.fspath(folder)
    waiting = [top]
    moved = 0
    while waiting:
        path = waiting.pop()
        _open_up(path)
        with contextlib.suppress(OSError):
            with os.scandir(path) as found:
                entries = list(found)
            for entry in entries:
                with contextlib.suppress(OSError):
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
                        continue
                    _open_up(entry.path)  # a folder is moved by those who may write in it
                    if path == top:
                        waiting.append(entry.path)
                        continue
                    while os.path.lexists(goal := os.path.join(top, f"remove{moved}")):
                        moved += 1
                    os.rename(entry.path, goal)
                    waiting.append(goal)
        with contextlib.suppress(OSError):
            if path != top:
                os.rmdir(path)
    with contextlib.suppress(OSError):
        os.rmdir(top)


def _open_up(folder: str) -> None:
    """Let its owner list and change it; a link that stands there instead is left alone."""
    if not hasattr(os, "O_PATH"):
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.chmod(f"/proc/self/fd/{descriptor}", 0o700)
        finally:
            os.close(descriptor)
