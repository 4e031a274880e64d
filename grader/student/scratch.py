"""Measures and removes the scratch folders, which student processes write to.

Whatever a student's code has put into its folder, looking at it and removing it must neither fail nor take long,
because a fork server does it while others wait. So nothing here recurses, follows a link or relies on a mode.
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
"""Seconds; no machine can write ``MAX_BYTES`` in less, so there is no need to look earlier."""
OVERFLOWN = 72
"""Exit code of a student process that has found its folder too full."""


def overflows(folder: Path, *, hidden: bool = True) -> bool:
    """Return whether a folder exceeds its limits of bytes on disk, files or levels; stops counting once it does.

    Args:
        folder: the folder to look into.
        hidden: True if a folder that cannot be listed counts as too full.
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
    """Ends a student process as soon as the code that it ran has left too much in its folder.

    The host looks too, but only at intervals: without this class, their timing would decide whether a check passes.

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
    """Return ``"disk"`` if a process that ended with this code has left too much in its folder, else None."""
    return "disk" if exit_code == OVERFLOWN and overflows(folder) else None


def remove_if_plain(folder: Path) -> bool:
    """Remove a folder with a few files and no subfolder, as most have; otherwise change nothing and return False."""
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
    """Remove a folder that no process writes to any more, whatever its depth and its modes.

    Subfolders are moved to the top before they are emptied, so that no path grows long. Entries that cannot be removed
    stay.
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
                    _open_up(entry.path)  # moving a folder requires write access to it
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
    """Let the owner of a folder list and change it; if it is a link, leave it alone."""
    if not hasattr(os, "O_PATH"):
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.chmod(f"/proc/self/fd/{descriptor}", 0o700)
        finally:
            os.close(descriptor)
