"""Read archives of submissions in memory, within limits; nothing is ever written to disk.

A member is refused, each with a sentence, if its path leads out of the archive, if it is a link, a device or encrypted,
if it is packed in an unusual way, if it is too large or shrinks suspiciously, or if another member has the same name.
An archive is refused as a whole if it is damaged, contains too many members or unpacks to too much. Nested archives
are also listed, but no deeper than ``MAX_DEPTH``.

Not covered: 7z, rar and other formats; they are refused by ``course.submission`` as archives to unpack.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from typing import IO, cast

from course.classroom import encodings
from course.text import clean, mark, say

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
MAX_DEPTH = 2
"""Archives nested inside each other: one for the class, containing one per student, and no more."""
MEMBER = 2**24
"""Bytes that a member can unpack to at most."""
NESTED = 2**26
"""Bytes that an archive inside an archive can unpack to at most."""
FLOOR = 2**26
"""Bytes that any archive is allowed to unpack to; a large archive is allowed ``GROWTH`` times its own size."""
GROWTH = 20
CEILING = 2**33
"""Bytes that no archive is allowed to exceed when unpacked."""
TAR_CEILING = 2**29
"""The limit for a tar archive, whose members stay in memory."""
RATIO = 200
"""Highest compression ratio of a member with more than ``SMALL`` bytes; Python code shrinks to a third or a tenth."""
SMALL = 2**20
NESTED_MEMBERS = 2_000
MEMBERS = 200_000
LONGEST_NAME = 1_000
DEEPEST = 30
"""Maximum depth of folders."""
DOS_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Timestamp in a zip file without times."""

OUTSIDE = mark("Its path points outside the archive ({path}).")
LINK = mark("It is a link; links are not followed.")
DEVICE = mark("It is a device or a pipe, not a file.")
ENCRYPTED = mark("It is encrypted. Pack it again without a password.")
METHOD = mark("Its compression method is not supported. Pack it again as an ordinary zip.")
TOO_LARGE = mark("It unpacks to {size} bytes; the limit for one file is {limit}.")
BOMB = mark("It unpacks to {ratio} times its compressed size, like a decompression bomb.")
TWICE = mark("The archive contains several files with this name, so it is unclear which one is meant.")
TOO_DEEP = mark("It is nested too deeply in folders or archives.")
NAME = mark("Its name is empty, too long or invalid.")


class BadArchive(Exception):
    """The archive, or one of its members, cannot be read; the message gives the reason."""


@dataclass(frozen=True)
class Member:
    """A file in an archive, or the reason why it was refused."""

    path: tuple[str, ...]
    """Path from the top of the archive."""
    size: int = 0
    """Unpacked size in bytes, as stated by the archive; no more are ever read."""
    modified: datetime | None = None
    """Modification time, with a time zone."""
    read: Callable[[], bytes] | None = None
    """Unpacks the member and can raise BadArchive; None if the member is refused."""
    refused: str = ""
    is_folder: bool = False

    @property
    def name(self) -> str:
        """File name without the folders."""
        return self.path[-1]


def is_archive(name: str) -> bool:
    """Return whether a file of this name is an archive that we can read."""
    return name.lower().endswith(SUFFIXES)


def members(file: IO[bytes], name: str, home: tzinfo, nested: bool = False) -> Iterator[Member]:
    """Yield every member of an archive, in archive order.

    Args:
        file: the archive, open for reading and seekable; it must stay open while members are read.
        name: file name of the archive.
        home: time zone of times stored without one, as in a zip.
        nested: whether the archive was inside another archive, and so has lower limits.

    Raises:
        BadArchive: the archive as a whole cannot be read.
    """
    try:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        if name.lower().endswith(".zip"):
            yield from _zip(file, size, home, nested)
        else:
            yield from _tar(file, size, name, nested)
    except RecursionError:
        raise BadArchive(say("The archive is nested too deeply.")) from None
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        OverflowError,
        IndexError,
        struct.error,
        NotImplementedError,
    ) as error:
        raise BadArchive(say("The archive is damaged: {reason}.", reason=clean(error, one_line=True))) from None


def place(name: str) -> tuple[str, ...]:
    """Return a member's path from the top of its archive.

    Raises:
        BadArchive: the path leads out of the archive, or is not a path.
    """
    plain = name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or ".." in parts or (len(plain) > 1 and plain[1] == ":" and plain[0].isalpha()):
        raise BadArchive(say(OUTSIDE, path=clean(name[:LONGEST_NAME], one_line=True)))
    if not parts or len(plain) > LONGEST_NAME or "\0" in plain:
        raise BadArchive(say(NAME))
    if len(parts) > DEEPEST:
        raise BadArchive(say(TOO_DEEP))
    return tuple(parts)


def _limits(size: int, nested: bool, ceiling: int) -> tuple[int, int]:
    """Return the limits for an archive of this size: unpacked bytes, and number of members."""
    if nested:
        return NESTED, NESTED_MEMBERS
    return min(ceiling, FLOOR + GROWTH * size), min(MEMBERS, NESTED_MEMBERS + size // 256)


def _demand_count(count: int, limit: int) -> None:
    if count > limit:
        raise BadArchive(say("The archive contains more than {limit} files.", limit=f"{limit:,}"))


def _demand_total(total: int, limit: int) -> None:
    if total > limit:
        raise BadArchive(say("The archive unpacks to more than {limit} bytes.", limit=f"{limit:,}"))


# --- zip --------------------------------------------------------------------------------------------------------------


def _zip(file: IO[bytes], size: int, home: tzinfo, nested: bool) -> Iterator[Member]:
    archive = zipfile.ZipFile(file)
    most, count = _limits(size, nested, CEILING)
    infos = archive.infolist()
    _demand_count(len(infos), count)
    _demand_total(sum(info.file_size for info in infos), most)
    names = [_name(info) for info in infos]
    seen: Counter[tuple[str, ...]] = Counter()
    for name in names:
        with contextlib.suppress(BadArchive):
            seen[place(name)] += 1
    for info, name in zip(infos, names, strict=True):
        try:
            path = place(name)
        except BadArchive as reason:
            yield Member(_shown(name), refused=str(reason))
            continue
        if name.replace("\\", "/").endswith("/"):
            if not info.file_size:
                yield Member(path, is_folder=True)
            else:
                yield Member(path, refused=say(NAME))
            continue
        reason_ = _objection(info) or (say(TWICE) if seen[path] > 1 else "")
        if reason_:
            yield Member(path, info.file_size, _zip_time(info, home), refused=reason_)
        else:
            read = functools.partial(_unpack, archive, info)
            yield Member(path, info.file_size, _zip_time(info, home), read)


def _name(info: zipfile.ZipInfo) -> str:
    """Return the intended name: even without the UTF-8 flag, most programs write UTF-8, others their own encoding."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        return encodings.name(info.orig_filename.encode("cp437"))
    except UnicodeEncodeError:
        return info.orig_filename


def _objection(info: zipfile.ZipInfo) -> str:
    """Return the reason not to unpack a member, judging by the archive's entry for it; empty if there is none."""
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return say(LINK)
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return say(DEVICE)
    if info.flag_bits & 0x41:
        return say(ENCRYPTED)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return say(METHOD)
    if info.file_size > MEMBER:
        return say(TOO_LARGE, size=f"{info.file_size:,}", limit=f"{MEMBER:,}")
    if info.file_size > max(SMALL, RATIO * info.compress_size):
        return say(BOMB, ratio=f"{info.file_size // max(1, info.compress_size):,}")
    return ""


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            data = file.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error) as error:
        raise BadArchive(
            say("It cannot be unpacked: {reason}.", reason=clean(str(error).rstrip("."), one_line=True))
        ) from None
    if len(data) != info.file_size:
        raise BadArchive(say("It cannot be unpacked: its size differs from what the archive says."))
    return data


def _zip_time(info: zipfile.ZipInfo, home: tzinfo) -> datetime | None:
    """Return the modification time: the extended time in UTC if present, else local time with a resolution of 2 s."""
    extra = info.extra
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == 0x5455 and length >= 5 and len(extra) >= 9 and extra[4] & 1:
            return datetime.fromtimestamp(struct.unpack("<I", extra[5:9])[0], timezone.utc)
        extra = extra[4 + length :]
    if info.date_time == DOS_EPOCH:
        return None
    try:
        return datetime(*info.date_time, tzinfo=home)
    except ValueError:
        return None


# --- tar --------------------------------------------------------------------------------------------------------------


class _Bounded:
    """A stream that raises an error once it has produced too many bytes."""

    def __init__(self, source: IO[bytes] | gzip.GzipFile, limit: int) -> None:
        self.source, self.left, self.limit = source, limit, limit

    def read(self, size: int) -> bytes:
        data = self.source.read(min(size, self.left + 1))
        self.left -= len(data)
        _demand_total(self.limit - self.left, self.limit)
        return data


def _tar(file: IO[bytes], size: int, name: str, nested: bool) -> Iterator[Member]:
    """Yield the members of a tar, read once from start to end: seeking back in a compressed one means rereading it."""
    most, count = _limits(size, nested, TAR_CEILING)
    plain = gzip.GzipFile(fileobj=file) if not name.lower().endswith(".tar") else file
    found: list[Member] = []
    with tarfile.open(fileobj=cast(IO[bytes], _Bounded(plain, most)), mode="r|") as archive:
        for info in archive:
            _demand_count(len(found) + 1, count)
            found.append(_tar_member(archive, info))
    seen = Counter(member.path for member in found if not member.is_folder)
    for member in found:
        if member.read and seen[member.path] > 1:
            member = Member(member.path, member.size, member.modified, refused=say(TWICE))
        yield member


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    try:
        path = place(_tar_name(info))
    except BadArchive as reason:
        if info.isdir() and info.name.strip("./") == "":
            return Member((), is_folder=True)
        return Member(_shown(info.name), refused=str(reason))
    modified = _tar_time(info)
    if info.isdir():
        return Member(path, is_folder=True)
    if info.issym() or info.islnk():
        return Member(path, 0, modified, refused=say(LINK))
    if not info.isreg() or info.issparse():
        return Member(path, 0, modified, refused=say(DEVICE))
    if info.size > MEMBER:
        return Member(path, info.size, modified, refused=say(TOO_LARGE, size=f"{info.size:,}", limit=f"{MEMBER:,}"))
    source = archive.extractfile(info)
    data = source.read() if source else b""
    return Member(path, len(data), modified, functools.partial(bytes, data))


def _tar_name(info: tarfile.TarInfo) -> str:
    """Return the member's name; tarfile keeps bytes that are not UTF-8 as surrogates."""
    try:
        return encodings.name(info.name.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return info.name


def _tar_time(info: tarfile.TarInfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(info.mtime, timezone.utc) if info.mtime > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _shown(name: str) -> tuple[str, ...]:
    """Return a harmless version of an unsafe path, to show where the problem is."""
    return (clean(name[:LONGEST_NAME].replace("/", "\\"), one_line=True) or "?",)
