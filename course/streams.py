"""Standard streams that never interrupt the work: if closed, full or no longer read, the exit code is unaffected.

``course grade 3 | head -1`` grades to the end and records the result; output that is not read is dropped. If a full
disk stops the standard output, that is reported once, on stderr.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
import time
from typing import Any

from course import spelling
from course.text import say

QUIET = (errno.EPIPE, errno.EBADF, errno.ECONNRESET)
"""Errors not worth reporting: whoever closed the pipe or the terminal knows it."""


class Tolerant(io.RawIOBase):
    """A raw stream that stores the first error and drops all further output."""

    def __init__(self, raw: Any) -> None:
        """Write to ``raw`` as long as it accepts output."""
        super().__init__()
        self._raw = raw
        self.error: OSError | None = None

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the underlying descriptor."""
        return int(self._raw.fileno())

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return bool(self._raw.isatty())

    def write(self, content: Any) -> int:
        """Write some of the content, or pretend to if it is dropped."""
        while self.error is None:
            try:
                count = self._raw.write(content)
            except OSError as error:
                self.error = error
                break
            if count is not None:
                return int(count)
            time.sleep(0.01)  # the other end does not read as fast, and the pipe was made non-blocking
        return len(memoryview(content).cast("B"))


def prepare() -> None:
    """Make the standard streams usable in whatever state they were inherited."""
    _occupy()
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed, as by >&-
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8", errors="replace"))
        elif isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, _tolerant(stream))


def _occupy() -> None:
    """Connect closed standard descriptors to the null device; otherwise the next file opened would get one of them."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _tolerant(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    buffer = stream.buffer
    raw = Tolerant(getattr(buffer, "raw", buffer))  # unbuffered (python -u), the buffer is the raw stream itself
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=spelling.register(),
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def finish() -> None:
    """Flush the streams, and report on stderr if the standard output could not be written."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    if (error := failure()) and error.errno not in QUIET:
        sys.stderr.write(
            say("Warning: the output could not be written completely: {reason}.", reason=error.strerror or str(error))
            + "\n"
        )
    if spelling.lost:
        sys.stderr.write(
            say(
                "Some characters cannot be shown in the {encoding} encoding and became question marks. To see them, "
                "set PYTHONUTF8=1 or PYTHONIOENCODING=utf-8, on a terminal that shows UTF-8.",
                encoding=sys.stdout.encoding,
            )
            + "\n"
        )
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()


def failure() -> OSError | None:
    """Return why the standard output no longer accepts data; None if it does."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.error if isinstance(raw, Tolerant) else None
