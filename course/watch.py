"""Wait until a file is saved, for ``course watch``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

LOOK_SECONDS = 0.25
"""Seconds between two looks at the file."""


def saved(path: Path) -> Iterator[None]:
    """Yield once at first, and then whenever the file has changed and is the same at two looks."""
    known = None
    while True:
        before = _stamp(path)
        if before is not None and before != known and (known is None or before == _after_a_moment(path)):
            known = before
            yield
        time.sleep(LOOK_SECONDS)


def _after_a_moment(path: Path) -> tuple[int, int, int] | None:
    time.sleep(LOOK_SECONDS)
    return _stamp(path)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return data that changes when a file is saved; None while it is missing, as during a save in some editors."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size
