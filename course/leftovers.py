"""Folders that a process of ours could not remove because it was killed; their names hold its number."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def made_by_us(prefix: str) -> str:
    """What the name of a folder begins with so that ``sweep`` knows whose it is."""
    return f"{prefix}{os.getpid()}-"


def sweep(prefix: str) -> None:
    """Remove the folders of processes that are no more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        number = folder.name.removeprefix(prefix).partition("-")[0]
        with contextlib.suppress(OSError):
            if number.isdecimal() and not Path("/proc", number).exists() and Path("/proc/self").exists():
                if folder.lstat().st_uid == os.geteuid():
                    shutil.rmtree(folder, ignore_errors=True)  # does not follow a link
