"""List everything in a folder of submissions; archives count as folders.

Links, pipes, sockets and devices are not opened. Every regular file becomes one item, or is in a folder that does.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone, tzinfo
from pathlib import Path
from typing import IO, cast

from course import notebook, submission
from course.classroom import archives, names
from course.classroom.archives import BadArchive
from course.errors import CourseError
from course.submission import NotGradable
from course.text import clean, say

MAX_ITEMS = 500_000
"""Maximum number of items in a folder of submissions."""


@dataclass(frozen=True)
class Item:
    """One item in the folder, or in an archive in it."""

    parts: tuple[str, ...]
    """Path of the item; archives count as folders."""
    packed: Mapping[int, datetime | None] = field(default_factory=dict)
    """Indices of the parts that are archives -> modification times."""
    modified: datetime | None = None
    size: int = 0
    read: Callable[[int], bytes] | None = None
    """Reads up to this many bytes, and raises NotGradable if there are more; None if the file is not read."""
    refused: str = ""
    """Reason why it is not read."""
    ignored: str = ""
    """Reason why it is not a submission."""
    is_junk: bool = False
    """Whether it was left by a system or a tool."""

    @property
    def name(self) -> str:
        """Return the file name."""
        return self.parts[-1]

    @property
    def origin(self) -> str:
        """Return the path for messages: ``alice.zip!lora.py``."""
        return self.origin_of(len(self.parts))

    def origin_of(self, depth: int) -> str:
        """Return the path, for messages, of the folder or archive named by the first parts."""
        shown = "".join(
            part + ("!" if at in self.packed else "/") if at + 1 < depth else part
            for at, part in enumerate(self.parts[:depth])
        )
        return clean(shown, one_line=True)


class _OnDemand(io.RawIOBase):
    """A file that is open only while it is read, so that a thousand archives do not need a thousand descriptors.

    It is opened without following links, and must remain the same file.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.position = path, 0
        with self._opened() as (_, status):
            self.identity, self.size = (status.st_dev, status.st_ino), status.st_size

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[int, os.stat_result]]:
        submission.demand_plain(self.path.name, os.lstat(self.path).st_mode)
        flags = sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC"))
        descriptor = os.open(self.path, os.O_RDONLY | flags)
        try:
            status = os.fstat(descriptor)
            submission.demand_plain(self.path.name, status.st_mode)
            yield descriptor, status
        finally:
            os.close(descriptor)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.position, io.SEEK_END: self.size}[whence]
        self.position = start + offset
        if self.position < 0:
            raise ValueError("a place before the beginning of the file")
        return self.position

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        with self._opened() as (descriptor, status):
            if (status.st_dev, status.st_ino) != self.identity:
                raise OSError("another file has taken its place")
            os.lseek(descriptor, self.position, os.SEEK_SET)
            data = os.read(descriptor, len(view))
        view[: len(data)] = data
        self.position += len(data)
        return len(data)


def items(folder: Path, home: tzinfo) -> Iterator[Item]:
    """Yield everything in a folder or an archive, in the order of the names.

    Args:
        folder: the folder, or an archive.
        home: time zone of times stored without one.

    Raises:
        CourseError: the folder does not exist, or contains too much.
    """
    try:
        status = os.stat(folder)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CourseError(say("cannot read {path}: {reason}.", path=str(folder), reason=reason)) from None
    if stat.S_ISDIR(status.st_mode):
        found = _folder(folder.resolve(), home)
    elif stat.S_ISREG(status.st_mode) and archives.is_archive(folder.name):
        found = _class_archive(folder.resolve(), home)
    else:
        raise CourseError(
            say(
                "{path} is neither a folder of submissions nor an archive of such a folder ({endings}).",
                path=str(folder),
                endings=", ".join(archives.SUFFIXES),
            )
        )
    for count, item in enumerate(found):
        if count >= MAX_ITEMS:
            raise CourseError(say("{path} contains more than {limit} files.", path=str(folder), limit=f"{MAX_ITEMS:,}"))
        yield item


def _class_archive(path: Path, home: tzinfo) -> Iterator[Item]:
    try:
        yield from _archive(cast(IO[bytes], io.BufferedReader(_OnDemand(path))), Item((path.name,)), home)
    except (BadArchive, NotGradable, OSError) as error:
        raise CourseError(say("cannot read {path}: {reason}", path=str(path), reason=str(error))) from None


def _folder(root: Path, home: tzinfo) -> Iterator[Item]:
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        try:
            with os.scandir(root.joinpath(*parts)) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            yield Item(parts or (root.name,), refused=_unreadable(error))
            continue
        if not entries and parts:
            yield Item(parts, ignored=say("The folder is empty."))
        below: list[tuple[str, ...]] = []
        for entry in entries:
            here = (*parts, entry.name)
            if names.is_junk(entry.name):
                yield Item(here, ignored=_junk(), is_junk=True)
            elif entry.is_dir(follow_symlinks=False) and len(here) <= archives.DEEPEST:
                below.append(here)
            else:
                yield from _file(root, here, entry, home)
        waiting += reversed(below)


def _junk() -> str:
    return say("Left behind by the operating system or a tool; not a submission.")


def _unreadable(error: OSError) -> str:
    return say("It cannot be read: {reason}.", reason=error.strerror or str(error))


def _file(root: Path, parts: tuple[str, ...], entry: os.DirEntry[str], home: tzinfo) -> Iterator[Item]:
    path = root.joinpath(*parts)
    try:
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            yield Item(parts, refused=say(archives.LINK))
            return
        if stat.S_ISDIR(status.st_mode):
            yield Item(parts, refused=say(archives.TOO_DEEP))
            return
        submission.demand_plain(entry.name, status.st_mode)
    except OSError as error:
        yield Item(parts, refused=_unreadable(error))
        return
    except NotGradable as reason:
        yield Item(parts, refused=str(reason))
        return
    modified = datetime.fromtimestamp(int(status.st_mtime), timezone.utc)
    read = functools.partial(_read, path, root)
    item = Item(parts, {}, modified, status.st_size, read)
    if archives.is_archive(entry.name):
        yield from _opened(lambda: cast(IO[bytes], io.BufferedReader(_OnDemand(path))), item, home)
    else:
        yield item


def _read(path: Path, root: Path, limit: int) -> bytes:
    return submission.contents(path, limit, within=root)


def _opened(opener: Callable[[], IO[bytes]], item: Item, home: tzinfo) -> Iterator[Item]:
    """Yield an archive's content, or the archive itself as refused, but only once all of it has been listed."""
    try:
        found = list(_archive(opener(), item, home))
    except (BadArchive, NotGradable, OSError) as error:
        reason = _unreadable(error) if isinstance(error, OSError) else str(error)
        yield Item(item.parts, item.packed, item.modified, item.size, refused=reason)
        return
    if not found:
        found = [Item(item.parts, item.packed, item.modified, ignored=say("The archive is empty."))]
    yield from found


def _archive(file: IO[bytes], item: Item, home: tzinfo) -> Iterator[Item]:
    """Yield the members of an archive; nested archives are opened too, up to the maximum depth."""
    packed = {**item.packed, len(item.parts) - 1: item.modified}
    inside = len(packed) > 1
    found = sorted(archives.members(file, item.name, home, nested=inside), key=lambda member: member.path)
    filled = {member.path[:depth] for member in found for depth in range(len(member.path))}
    for member in found:
        one = Item((*item.parts, *member.path), packed, member.modified, member.size)
        junk = any(names.is_junk(part) for part in member.path)
        if member.is_folder:
            if member.path and member.path not in filled and not junk:
                yield Item(one.parts, packed, ignored=say("The folder is empty."))
        elif member.read is None:
            yield Item(one.parts, packed, one.modified, one.size, refused=member.refused)
        elif junk:
            yield Item(one.parts, packed, ignored=_junk(), is_junk=True)
        elif not archives.is_archive(member.name):
            yield Item(one.parts, packed, one.modified, one.size, functools.partial(_unpack, member))
        elif len(packed) >= archives.MAX_DEPTH:
            yield Item(one.parts, packed, one.modified, one.size, refused=say(archives.TOO_DEEP))
        else:
            yield from _opened(functools.partial(_inner, member), one, home)


def _inner(member: archives.Member) -> IO[bytes]:
    assert member.read
    return io.BytesIO(member.read())


def _unpack(member: archives.Member, limit: int) -> bytes:
    assert member.read
    submission.demand_size(member.name, member.size, limit)
    try:
        return member.read()
    except BadArchive as error:
        raise NotGradable(str(error)) from None


LIMITS = {".py": submission.MAX_BYTES, notebook.SUFFIX: notebook.MAX_BYTES}
"""Suffix -> maximum bytes of a file; other files are not read."""
