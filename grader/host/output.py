"""Writes events, one JSON object per line."""

from __future__ import annotations

import json
import os
import stat
from typing import Any, BinaryIO


class Output:
    """The original standard output, reserved for events; stray prints go to standard error."""

    def __init__(self) -> None:
        self._file: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        os.set_inheritable(self._file.fileno(), False)
        os.dup2(2, 1)  # a stray print goes to standard error

    def fileno(self) -> int:
        """Return the descriptor that events are written to."""
        return self._file.fileno()

    def is_pipe(self) -> bool:
        """Return whether this is a pipe, whose reader may close it."""
        return stat.S_ISFIFO(os.fstat(self.fileno()).st_mode)

    def emit(self, identifier: object, event: dict[str, Any]) -> None:
        """Write one event."""
        line = memoryview(json.dumps({"id": identifier, **event}).encode() + b"\n")
        while line:  # SIGCHLD may interrupt a long write
            line = line[self._file.write(line) :]
