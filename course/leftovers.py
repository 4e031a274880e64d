"""Remove folders left by our own processes that were killed; the folder names contain the process id."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def made_by_us(prefix: str) -> str:
    """Return the beginning of a folder's name by which ``sweep`` identifies its process."""
    return f"{prefix}{os.getpid()}-"


def sweep(prefix: str) -> None:
    """Remove the folders of processes that no longer exist."""
    for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        number = folder.name.removeprefix(prefix).partition("-")[0]
        with contextlib.suppress(OSError):
            if number.isdecimal() and not Path("/proc", number).exists() and Path("/proc/self").exists():
                if folder.lstat().st_uid == os.geteuid():
                    shutil.rmtree(folder, ignore_errors=True)  # does not follow links
