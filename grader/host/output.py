"""Events out, one JSON object per line."""

from __future__ import annotations

import json
import os
import stat
from typing import Any, BinaryIO


class Output:
    """Our standard output, kept for events; nothing else ever reaches its descriptor."""

    def __init__(self) -> None:
        self._file: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        os.set_inheritable(self._file.fileno(), False)
        os.dup2(2, 1)  # a stray print goes to standard error

    def fileno(self) -> int:
        """The descriptor that events go to."""
        return self._file.fileno()

    def is_pipe(self) -> bool:
        """Whether the other end may be closed."""
        return stat.S_ISFIFO(os.fstat(self.fileno()).st_mode)

    def emit(self, identifier: object, event: dict[str, Any]) -> None:
        """Write one event."""
        line = memoryview(json.dumps({"id": identifier, **event}).encode() + b"\n")
        while line:  # a child's end may interrupt a long write in its middle
            line = line[self._file.write(line) :]
