"""Output files for results. An existing file is replaced only if it is a plain file that a result can replace.

A directory, a pipe, a socket, a disk, a read-only file, a Python file and the course's own files are refused before the
work begins; ``check_result`` also refuses anything that is not an older result. A character device (``/dev/null``) and
one of our descriptors (``/dev/stdout``, or ``/dev/fd/63``, as ``>(jq .)`` is called) are written to and stay what they
are.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from pathlib import Path

from course import files
from course.errors import BadDestination, cannot_write
from course.paths import DIRECTORY
from course.text import mark, say

STDOUT = "-"
"""Name of the standard output."""
LINKS = 40
"""Maximum links that are followed, as in the kernel."""
KINDS = {
    stat.S_IFDIR: mark("directory"),
    stat.S_IFIFO: mark("pipe"),
    stat.S_IFSOCK: mark("socket"),
    stat.S_IFBLK: mark("device"),
    stat.S_IFCHR: mark("device"),
}
"""File types other than a plain file -> their names; any other type also counts as a device."""
MAX_BYTES = 2**26
"""Maximum size of a result file in bytes; far more than a grading writes."""
SCHEMA = re.compile(r"course/(?:result|list)/v\d+")
"""Schema of a JSON file written by ``--json``."""
JUNIT = re.compile(rb"<\?xml [^>]*\?>\s*<testsuites name=\"course\"")
"""Beginning of a file written by ``--junit``."""


def kind(mode: int) -> str | None:
    """Return the file type in the reader's language; None for a plain file."""
    if stat.S_ISREG(mode):
        return None
    return say(KINDS.get(stat.S_IFMT(mode), KINDS[stat.S_IFCHR]))


def normal(path: str | None) -> str | None:
    """Return the path as given, but ``-`` for any other name of the standard output."""
    return STDOUT if path is not None and descriptor(path) == 1 else path


def descriptor(path: str) -> int | None:
    """Return the number of the descriptor that a path such as ``/dev/stdout`` names; None if it names none."""
    for _ in range(LINKS):
        if path in ("/dev/stdout", "/dev/stderr"):
            return 1 if path == "/dev/stdout" else 2
        if match := re.fullmatch(r"(?:/dev/fd|/proc/self/fd)/(\d{1,6})", path):
            return int(match[1])
        try:
            path = os.path.join(os.path.dirname(path), os.readlink(path))
        except (OSError, ValueError):
            return None
    return None


def check(path: str, submission: Path | None = None) -> None:
    """Refuse a path that must not be replaced, before the work begins and not after it.

    Args:
        path: the path as typed.
        submission: the file that is graded, if any.

    Raises:
        BadDestination: the path must not be written.
    """
    if path == STDOUT or descriptor(path) is not None:
        return
    try:
        _check(path, submission)
    except OSError as error:
        raise cannot_write(Path(path), error) from error


def check_result(path: str, submission: Path | None = None) -> None:
    """Refuse a path for a result, unless it is new, empty or an older result.

    Raises:
        BadDestination: the path must not be written.
    """
    check(path, submission)
    if path != STDOUT and descriptor(path) is None and os.path.isfile(path) and not _is_result(path):
        raise BadDestination(
            say(
                "{path} exists and is not an older result, so it is not overwritten. Choose a different file.",
                path=path,
            )
        )


def _is_result(path: str) -> bool:
    """Return whether a file was written by ``--json`` or ``--junit``, or is empty."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise cannot_write(Path(path), error) from error
    return JUNIT.match(content) is not None or may_be_replaced(content, SCHEMA)


def may_be_replaced(content: bytes, schema: re.Pattern[str]) -> bool:
    """Return whether a file's content is empty, or a JSON object of one of these schemas.

    >>> may_be_replaced(b'{"schema": "course/result/v1"}', SCHEMA), may_be_replaced(b"my notes", SCHEMA)
    (True, False)
    """
    if not content or len(content) > MAX_BYTES:
        return not content
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(record, dict) and schema.fullmatch(str(record.get("schema"))) is not None


def _check(path: str, submission: Path | None) -> None:
    if not path:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    try:
        there = os.stat(path)
    except FileNotFoundError:
        parent = os.path.dirname(os.path.realpath(path))
        if path.endswith(("/", os.sep)):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)) from None
        if not stat.S_ISDIR(os.stat(parent).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None
        if submission is not None and os.path.realpath(path) == os.path.realpath(submission):
            raise BadDestination(
                say(
                    "{path} is the file being graded; the result would overwrite it. Choose a different file.",
                    path=path,
                )
            ) from None
        _not_of_the_course(path)
        return
    if stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISCHR(there.st_mode):
        return
    if what := kind(there.st_mode):
        raise BadDestination(
            say(
                "{path} is a {kind} and will not be overwritten. Give the path of a file instead.", path=path, kind=what
            )
        )
    if submission is not None and submission.exists() and os.path.samestat(there, os.stat(submission)):
        raise BadDestination(
            say("{path} is the file being graded; the result would overwrite it. Choose a different file.", path=path)
        )
    real = Path(os.path.realpath(path))
    if real.suffix.lower() in (".py", ".ipynb"):
        raise BadDestination(
            say(
                "{path} is a Python file or a notebook; the result would overwrite it. Choose a different file.",
                path=path,
            )
        )
    _not_of_the_course(path)
    if not there.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise BadDestination(
            say("{path} is read-only and will not be overwritten. Choose a different file.", path=path)
        )


def _not_of_the_course(path: str) -> None:
    if DIRECTORY in Path(os.path.realpath(path)).parts:
        raise BadDestination(
            say("{path} is where the course stores your progress. Choose a different file.", path=path)
        )


def differ(*paths: str | None) -> None:
    """Refuse two results in the same place, where the second would replace the first.

    Raises:
        BadDestination: two of the paths name the same file.
    """
    real = [os.path.realpath(path) for path in paths if path is not None and path != STDOUT]
    for path in real:
        if real.count(path) > 1 and not _is_device(path):
            raise BadDestination(say("two results cannot be written to the same file {path}.", path=path))


def write(path: str, content: bytes) -> None:
    """Write a result to a path that ``check`` has accepted; ``-`` is handled elsewhere.

    Raises:
        OSError: it could not be written; an existing file is unchanged.
    """
    number = descriptor(path)
    if number is not None:
        if not os.get_inheritable(number):  # one of ours, not inherited from the parent process
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        _pour(number, content)
    elif _is_device(path):
        number = os.open(path, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
        try:
            _pour(number, content)
        finally:
            os.close(number)
    else:
        files.write_bytes(Path(path), content)


def _is_device(path: str) -> bool:
    try:
        return stat.S_ISCHR(os.stat(path).st_mode)
    except OSError:
        return False


def _pour(number: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(number, rest) :]
