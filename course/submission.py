"""Read a submission: the only place where a student's file is opened, limited, decoded or refused.

The command line checks the file before it asks the grader; the judge reads it again, since it may have changed since.
Both use the same messages.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import stat
import tokenize
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from course import destinations
from course.syllabus import Exercise, load
from course.text import mark, say

MAX_BYTES = 2**20
"""Maximum size in bytes; a larger file is refused unread. It is far more than anyone types."""
BEGINNING = 512
"""Bytes that determine the kind of file."""
MAGIC = {
    b"PK\x03\x04": "archive",
    b"\x1f\x8b": "archive",
    b"7z\xbc\xaf": "archive",
    b"%PDF": "document",
    b"\xd0\xcf\x11\xe0": "document",
    b"{\\rtf": "document",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"\x7fELF": "binary",
}
"""First bytes of files that are handed in although they are not source; a .docx is an archive, too."""
ENDINGS = {
    "archive": (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".whl"),
    "document": (".docx", ".doc", ".odt", ".pdf", ".rtf", ".html", ".htm", ".pages"),
    "picture": (".png", ".jpg", ".jpeg", ".gif", ".svg"),
    "binary": (".pyd", ".so", ".exe", ".pt", ".bin", ".safetensors"),
    "compiled": (".pyc", ".pyo"),
    "text": (".txt", ".md", ".rst", ".json", ".csv", ".log"),
}
REFUSALS = {
    "archive": mark("{file} is an archive. Unpack it and grade the .py file in it."),
    "document": mark(
        "{file} is a word processor or browser document. Save your code as plain text in a file that ends in .py."
    ),
    "picture": mark("{file} is a picture. Grade the .py file that contains your code."),
    "binary": mark("{file} is a binary file. Grade the .py file that contains your code."),
    "compiled": mark("{file} is compiled Python. Grade the .py file that it was made from."),
    "text": mark("{file} does not end in .py. If it contains your code, rename it so that it does."),
}
"""Message for each kind of file."""
NOTEBOOK = re.compile(rb'\s*\{\s*"(?:cells|metadata|nbformat)"')
COMPILED = re.compile(rb"..\r\n[\x00-\x03]\x00\x00\x00", re.DOTALL)
"""Magic number and flags of compiled Python."""
DEFINITION = re.compile(rb"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
"""A top-level function or class; unlike a parser, this also works for a file with a syntax error."""
IMPORTED = re.compile(
    rb"^[ \t]*(?:from[ \t]+\.*(\w+)[\w.]*[ \t]+import\b|from[ \t]+\.+[ \t]+import[ \t]+(.+)|import[ \t]+(.+))",
    re.MULTILINE,
)
"""The modules in an import statement."""
MISSING = re.compile(r"No module named '(\w+)")
RELATIVE = "attempted relative import"


class NotGradable(Exception):
    """Nothing in this file can be graded; the message says what is wrong and where."""


class Empty(NotGradable):
    """The file is empty."""


class TooLarge(NotGradable):
    """The file exceeds the size limit."""


def read(path: Path, within: Path | None = None) -> bytes:
    """Read the student's file, opened once and within limits; nothing that could block is opened.

    Args:
        path: path of the file.
        within: a folder that must contain it, links followed; None means anywhere.

    Returns:
        Its content: at most ``MAX_BYTES``, valid text in the encoding that it declares.

    Raises:
        NotGradable: missing, empty, not a regular file, too large, of another kind, or not text.
    """
    return demand_source(path.name, contents(path, MAX_BYTES, within, refusal))


def holds(path: Path, content: bytes) -> bool:
    """Return whether a file has exactly this content; no more is read than needed.

    Raises:
        NotGradable: missing, or not a regular file.
    """
    try:
        return contents(path, len(content)) == content
    except TooLarge:
        return False


def demand_source(shown: str, data: bytes) -> bytes:
    """Return the content of a submission from elsewhere, if it can be Python source.

    Args:
        shown: the file's name.
        data: the whole content.

    Raises:
        NotGradable: of another kind, too large, empty, or not text.
    """
    if reason := refusal(shown, data[:BEGINNING]):
        raise NotGradable(reason)
    demand_size(shown, len(data), MAX_BYTES)
    if b"\0" in data:
        raise NotGradable(
            say("{file} is not a text file: it contains NUL bytes. Save it with UTF-8 encoding.", file=shown)
        )
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise Empty(say("{file} is empty.", file=shown))
    try:
        decode(data)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        byte = f"0x{data[error.start]:02x}"
        raise NotGradable(
            say("{file} is not UTF-8 text: line {line} contains the byte {byte}.", file=shown, line=line, byte=byte)
        ) from None
    return data


def _meant(path: Path) -> Iterator[str]:
    """Yield the name in the same folder that is most similar to a missing one."""
    with contextlib.suppress(OSError, ValueError):
        names = [one for one in os.listdir(path.parent) if one.endswith((".py", ".ipynb"))]
        for nearest in difflib.get_close_matches(path.name, names[:1000], n=1, cutoff=0.75):
            yield say("Did you mean '{name}'?", name=nearest)


def contents(
    path: Path,
    limit: int,
    within: Path | None = None,
    refused: Callable[[str, bytes], str | None] = lambda name, beginning: None,
) -> bytes:
    """Read a regular file of any kind, opened once and within limits.

    Args:
        path: path of the file.
        limit: maximum number of bytes.
        within: a folder that must contain it, links followed; None means anywhere.
        refused: called with the name and the beginning; returns a reason to refuse the file, or None.

    Raises:
        NotGradable: missing, not a regular file, too large, or refused.
    """
    shown = path.name
    try:
        if within is not None and not path.resolve().is_relative_to(within.resolve()):
            raise NotGradable(
                say(
                    "{file} is a link that points outside {folder}; only files in that folder are graded.",
                    file=shown,
                    folder=within.name,
                )
            )
        demand_plain(shown, os.stat(path).st_mode)  # a socket or a device is not even opened
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError, ValueError):  # the last one for a null byte in the name
        raise NotGradable(" ".join((say("There is no file {file}.", file=shown), *_meant(path)))) from None
    except OSError as error:
        raise NotGradable(_unreadable(shown, error)) from None
    try:
        status = os.fstat(descriptor)
        demand_plain(shown, status.st_mode)  # it can have been replaced since
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise NotGradable(_unreadable(shown, error)) from None
    finally:
        os.close(descriptor)
    if reason := refused(shown, data[:BEGINNING]):
        raise NotGradable(reason)
    demand_size(shown, max(len(data), status.st_size), limit)
    return data


def demand_size(shown: str, size: int, limit: int) -> None:
    """Refuse a file with more bytes than the limit.

    Raises:
        TooLarge: the file is larger.
    """
    if size > limit:
        raise TooLarge(
            say(
                "{file} has {size} bytes; a solution needs no more than {limit}.",
                file=shown,
                size=f"{size:,}",
                limit=f"{limit:,}",
            )
        )


def demand_plain(shown: str, mode: int) -> None:
    """Refuse anything but a regular file.

    Raises:
        NotGradable: it is a folder, a pipe, a socket or a device.
    """
    if stat.S_ISDIR(mode):
        raise NotGradable(say("{file} is a directory, not a Python file.", file=shown))
    if what := destinations.kind(mode):
        raise NotGradable(say("{file} is a {kind}, not a Python file.", file=shown, kind=what))


def _unreadable(shown: str, error: OSError) -> str:
    return say("{file} cannot be read: {reason}.", file=shown, reason=error.strerror or str(error))


def decode(data: bytes) -> str:
    """Decode a Python file by the encoding declared in its first two lines (PEP 263), by default UTF-8.

    Raises:
        UnicodeDecodeError: the file is not in that encoding.
    """
    encoding = "utf-8-sig"
    with contextlib.suppress(SyntaxError):  # an unknown encoding: the compiler will report it
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        if encoding.startswith("utf-8"):
            raise
        return data.decode("latin-1")  # only to quote its lines; the compiler reports what is wrong with it


def refusal(name: str, beginning: bytes) -> str | None:
    """Return why a file with this name and beginning is not Python source, and what to do; None if it can be."""
    suffix = Path(name).suffix.lower()
    if suffix == ".ipynb" or NOTEBOOK.match(beginning):
        if suffix == ".ipynb":
            return say("{file} is a notebook; grade the code in it with: course grade {file}", file=name)
        return say("{file} is a notebook. Rename it so that it ends in .ipynb to have it graded as one.", file=name)
    found = next((kind for magic, kind in MAGIC.items() if beginning.startswith(magic) and suffix != ".py"), None)
    if found is None and suffix == ".py" and beginning.startswith((b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\x7fELF")):
        found = next(kind for magic, kind in MAGIC.items() if beginning.startswith(magic))
    if COMPILED.match(beginning):
        found = "compiled"
    for kind, endings in ENDINGS.items():
        if suffix in endings and (found is None or kind in ("document", "compiled")):
            found = kind
    return say(REFUSALS[found], file=name) if found else None


def likeness(source: bytes, exercises: Iterable[Exercise], least: int = 1) -> Exercise | None:
    """Return the exercise with the most functions in a file, if it is unique and has at least this many."""
    defined = {name.decode("utf-8", "replace") for name in DEFINITION.findall(source)}
    counts = [(len(defined & set(one.names)), one) for one in exercises]
    most = max((count for count, _ in counts), default=0)
    found = [one for count, one in counts if count == most]
    return found[0] if most >= least and len(found) == 1 else None


def wrong_exercise(source: bytes, exercise: Exercise) -> str | None:
    """Return a sentence that names the exercise, if a file defines nothing of this one but is clearly for another."""
    found = likeness(source, (one for one in load() if not one.planned), least=2)
    if found is None or found.slug == exercise.slug or likeness(source, [exercise]):
        return None
    return say(
        "this looks like a file for {exercise} ({slug}), not for {wanted}",
        exercise=found.id,
        slug=found.slug,
        wanted=f"{exercise.id} ({exercise.slug})",
    )


def neighbours(source: bytes, names: Iterable[str]) -> list[str]:
    r"""Return which of these modules a file imports, judging by the beginnings of its lines.

    >>> neighbours(b"import torch, utils as u\nfrom .net import Net\nfrom . import data", ["utils", "net", "data"])
    ['utils', 'net', 'data']
    """
    found = [part for groups in IMPORTED.findall(source) for group in groups for part in group.split(b",")]
    imported = {words[0].partition(b".")[0].decode("utf-8", "replace") for one in found if (words := one.split())}
    return [name for name in names if name in imported]


def only_this_file(message: str, file: Path) -> str | None:
    """Explain a failed import of a module next to the file: the grader does not see it; None for other failures."""
    if RELATIVE in message:
        return say(
            "Only this file is graded, without the package that it is in. Copy what you need into {file}.",
            file=file.name,
        )
    for name in MISSING.findall(message):
        if (file.parent / f"{name}.py").is_file():
            return without(f"{name}.py", file.name)
        if (file.parent / name).is_dir():
            return without(f"{name}/", file.name)
    return None


def without(module: str, file: str) -> str:
    """Return the sentence that a file is graded without a module next to it."""
    return say(
        "Only this file is graded; {module} next to it is not available. Copy what you need from there into {file}.",
        module=module,
        file=file,
    )
