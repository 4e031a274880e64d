"""Find text and data hidden in another form, as far as a few lines of Python could recover it.

* in text: base64, base32, base85 and Ascii85, hexadecimal and other digits, uuencode, percent-encoding and the like, in
  one piece or in lines, with any prefix on each line;
* in data: zip, tar, gzip, zlib, bzip2 and xz, objects and bundles of git, compiled Python, texts in other encodings;
* all of these nested in each other.

Anything that looks like encoded data but cannot be decoded is reported, and so is anything nested too deeply or too
large, because it could contain something. Nothing is run, and nothing is unmarshalled.

Not covered: text whose letters are exchanged (rot13) or reversed, which looks like text, and pictures of text.
"""

from __future__ import annotations

import ast
import base64
import binascii
import bz2
import html
import io
import itertools
import lzma
import re
import tarfile
import unicodedata
import urllib.parse
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from course.text import say

DEPTH = 5
"""Number of nested forms that are opened."""
MAX_BYTES = 5_000_000
"""Bytes that one form can contain."""
MAX_ALL = 30_000_000
"""Bytes that all forms in one file can contain."""
MAX_PIECES = 20_000
"""Pieces of one file that are tried."""
SHORT = 24
"""Characters of the shortest piece that is decoded."""
LONG = 160
"""Length, in characters, from which a piece that is not text is reported."""

# --- invisible characters ---

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of invisible characters."""
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | frozenset(
    map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
"""Other invisible characters: fillers and variation selectors."""


_visible = set("\n\t\r")
"""Characters found to be harmless; a text has few distinct characters, so each is looked up once."""


def invisible(text: str) -> set[str]:
    """Return the invisible characters of a text, apart from blanks and line ends."""
    new = set(text) - _visible
    found = {sign for sign in new if sign in BLANK or unicodedata.category(sign) in INVISIBLE}
    _visible.update(new - found)
    return found


def plain(text: str) -> str:
    """Return a text with ordinary letters in place of their variants, and without invisible characters."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    gone = invisible(text) - {"\0"}
    return text.translate({ord(sign): None for sign in gone}) if gone else text


# --- readings of a text ---

PREFIX = re.compile(r"^[ \t]*(?:(?:#+|//+|--|[>|*+;%-]|\d+[.:)|]|\d+(?=[ \t]))[ \t]?)+", re.MULTILINE)
"""Prefix of a line in a comment, a quotation, a list, a patch or a numbered listing."""
APART = re.compile(r"^[ \t]*(?:#+|//+|--|[>|*+;%-]|\d+[.:)|]?)(?:[ \t]|$)", re.MULTILINE)
"""One such prefix, followed by a blank."""
ADDED = re.compile(r"^\+(?!\+\+)", re.MULTILINE)
SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"&#?\w{1,10};"), lambda match: html.unescape(match[0])),
    (re.compile(r"(?:%[0-9A-Fa-f]{2})+"), lambda match: urllib.parse.unquote(match[0], errors="replace")),
    (re.compile(r"=(?:(3D|20|0A|5F|2E)|\r?\n)"), lambda match: chr(int(match[1], 16)) if match[1] else ""),
    (re.compile(r"\\x([0-9A-Fa-f]{2})"), lambda match: chr(int(match[1], 16))),
    (re.compile(r"\\([0-3]?[0-7]{2})"), lambda match: chr(int(match[1], 8))),
    (re.compile(r"\\(?:u|U000)([0-9A-Fa-f]{4,5})"), lambda match: chr(int(match[1], 16))),
    (re.compile(r"(?:U\+|\\N\{U\+)([0-9A-Fa-f]{4,5})\}?[ ,]?"), lambda match: chr(int(match[1], 16))),
)
"""Ways to escape a character, and the character that each stands for."""
ENOUGH = 8
"""Minimum number of escaped characters that counts."""


def readings(text: str) -> Iterator[str]:
    """Yield a text as it is, and without its line prefixes (comment, quotation, list, patch)."""
    yield text
    if len(PREFIX.findall(text)) >= 2:
        bare, once = PREFIX.sub("", text), APART.sub("", text)
        yield bare
        if once not in (bare, text):
            yield once
    if len(ADDED.findall(text)) >= 2:
        yield "\n".join(line[1:] for line in text.split("\n") if line[:1] in ("+", " ", "") and line[:3] != "+++")


def spelled(text: str) -> Iterator[str]:
    """Yield a text with its escapes decoded, once for each kind of escape that it uses often."""
    for pattern, sign in SPELLINGS:
        if sum(1 for _ in itertools.islice(pattern.finditer(text), ENOUGH)) == ENOUGH:
            yield pattern.sub(sign, text)


# --- encoded data in a text ---

WORD = re.compile(rf"[A-Za-z0-9+/_-]{{{SHORT},}}={{0,6}}")
DENSE = re.compile(r"[!-~]{40,}")
"""A run of base85 or similar, which use nearly all printable characters."""
GROUPS = re.compile(
    r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,}(?:[\s\"'\\,]{1,16}[A-Za-z0-9+/_-]{20,})+"
    r"(?:[\s\"']{1,16}[A-Za-z0-9+/_-]+)?={0,6}"
)
PAIRS = re.compile(r"(?:(?:\\x|0[xX]|%)?[0-9a-fA-F]{2}[\s\"',;:+\\|-]{0,12}){20,}")
NUMBERS = re.compile(r"(?:\d{1,6}[\s,;|]{1,12}){20,}\d{1,6}")
BITS = re.compile(r"(?:[01]{8}[\s,]{0,4}){16,}")
DIGITS = re.compile(r"\d{100,}")
LITERAL = re.compile(r"\bb(?:\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*')")
UU = re.compile(r"(?:^[!-M][ -`]{4,60}\n)+", re.MULTILINE)
Z85 = str.maketrans(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
)


def pieces(text: str) -> Iterator[str]:
    """Yield every possible piece of encoded data in a text, with its lines joined."""
    for pattern in (WORD, DENSE, GROUPS):
        yield from (match[0] for match in pattern.finditer(text))
    for strip in (str.strip, _behind_prefix, _bare):
        block: list[str] = []
        for line in [*text.split("\n"), ""]:
            line = strip(line)
            if len(line) >= 4 and line.isascii() and not any(map(str.isspace, line)):
                block.append(line)
                continue
            if len(block) > 1:
                yield "".join(block)
            block = []


def _behind_prefix(line: str) -> str:
    """Return a line without one prefix that is followed by a blank."""
    return APART.sub("", line, 1).strip()


def _bare(line: str) -> str:
    """Return a line without its prefixes, quotes and commas."""
    return PREFIX.sub("", line, 1).strip(" \t\r\"'`,\\()[]")


def decoded(piece: str) -> Iterator[bytes]:
    """Yield the possible decodings of a piece."""
    yield from _decoded(piece)
    if (bare := piece.strip("+/_-")) != piece:  # as in an XML comment
        yield from _decoded(bare)


def _decoded(piece: str) -> Iterator[bytes]:
    found = re.sub(r"[^A-Za-z0-9+/_-]", "", piece)
    if len(found) >= 0.9 * len(piece):
        if re.fullmatch("[0-9a-fA-F]+", found) and len(found) % 2 == 0:
            yield bytes.fromhex(found)
        for alphabet, decode32 in (("[A-Z2-7]+", base64.b32decode), ("[0-9A-V]+", base64.b32hexdecode)):
            if re.fullmatch(alphabet, found.upper()) and found in (found.upper(), found.lower()):
                whole = len(found) - {1: 1, 3: 1, 6: 1}.get(len(found) % 8, 0)
                yield decode32(found[:whole].upper() + "=" * (-whole % 8))
        whole = len(found) - (len(found) % 4 == 1)
        yield base64.b64decode(found[:whole].translate(str.maketrans("-_", "+/")) + "==")
    if len(piece) >= 40:
        bare = piece.strip("\"'`")
        framed = re.search("<~(.*?)~>", piece)
        attempts: list[tuple[Callable[[str], bytes], str]] = [
            (base64.b85decode, bare),
            (base64.a85decode, framed[1] if framed else bare),
            (base64.b85decode, bare.translate(Z85)),
        ]
        for decode, argument in attempts:
            try:
                yield decode(argument)
            except (ValueError, binascii.Error):
                continue


def digits(text: str) -> Iterator[bytes]:
    """Yield data written as numbers of any kind, or as Python literals."""
    for match in PAIRS.finditer(text):
        found = "".join(re.findall(r"(?:\\x|0[xX]|%)?([0-9a-fA-F]{2})", match[0]))
        if not found.isdecimal():  # otherwise an ordinary row of numbers
            yield bytes.fromhex(found)
    for match in NUMBERS.finditer(text):
        numbers = [int(number) for number in re.findall(r"\d+", match[0])]
        if max(numbers) < 256:
            yield bytes(numbers)
        elif max(numbers) < 0x110000 and as_text(signs := "".join(map(chr, numbers)).encode("utf-8", "replace")):
            yield signs
    for match in BITS.finditer(text):
        yield bytes(int(byte, 2) for byte in re.findall("[01]{8}", match[0]))
    for match in DIGITS.finditer(text):
        if len(match[0]) <= 4_000:
            yield from of_number(int(match[0]))
    for match in LITERAL.finditer(text):
        if len(match[0]) > SHORT:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # "\d" in code that is not ours
                try:
                    yield ast.literal_eval(match[0])
                except (SyntaxError, ValueError):
                    continue
    for match in UU.finditer(text):
        try:
            yield b"".join(binascii.a2b_uu(line) for line in match[0].splitlines())
        except (ValueError, binascii.Error):
            continue


def of_number(number: int) -> Iterator[bytes]:
    """Yield the bytes that a large number can encode."""
    length = (number.bit_length() + 7) // 8
    yield number.to_bytes(length, "little")
    yield from (number.to_bytes(length + zeros, "big") for zeros in range(2))


def looks_encoded(piece: str) -> bool:
    """Return whether a piece is so long and varied that it cannot be a word, a path or a drawing."""
    if len(piece) < LONG:
        return False
    kinds = len(set(piece))
    if re.fullmatch("[0-9]+", piece):
        return kinds == 10
    if re.fullmatch("[0-9a-fA-F]+", piece):
        return kinds >= 14
    if re.fullmatch("[A-Z2-7]+=*|[a-z2-7]+=*", piece):
        return kinds >= 26
    counts = [len(re.findall(kind, piece)) for kind in ("[0-9]", "[A-Z]", "[a-z]")]
    if re.fullmatch("[A-Za-z0-9+/_=-]+", piece):
        return min(counts) >= 0.05 * len(piece) and kinds >= 40
    return min(counts) >= 0.03 * len(piece) and kinds >= 60


# --- data ---

CODE = re.compile(rb"[\xe3c](?:[\0-\x7f]\0\0\0){3,4}[\x01-\x7f]\0\0\0.[\0-\x7f]\0[\0-\x03]", re.DOTALL)
"""Start of a compiled function in marshalled data: argument counts, stack size (never 0) and flags."""
SQUEEZED = re.compile(rb"x[\x01\x5e\x9c\xda]")
STREAMS = 2_000
"""Number of zlib streams looked for in one piece of data."""
PRINTABLE = re.compile(rb"[\t\n\r -~]{20,}")
JAPANESE = re.compile("[\u3040-\u30ff]")


def as_text(content: bytes) -> str | None:
    """Decode data as text, in whatever encoding; None if it is not text."""
    if len(content) < 8:
        return None
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, UnicodeError):
            continue
        shown = sum(sign.isprintable() or sign in "\n\t\r\u3000\ufeff" for sign in text)
        known = sum(sign.isascii() or bool(JAPANESE.match(sign)) for sign in text)
        if shown >= 0.97 * len(text) and (encoding == "utf-8" or known >= 0.25 * len(text)):
            return text
    return None


def _encodings(content: bytes) -> Iterator[str]:
    """Yield the possible encodings of the data, likeliest first."""
    start = content[:4_000]
    if start[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        yield "utf-32"
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield "utf-16"
    zeros = [start[offset::4].count(0) > 0.2 * len(start) for offset in range(4)]
    if zeros[2] and zeros[3]:
        yield "utf-32-le"
    if zeros[0] and zeros[1]:
        yield "utf-32-be"
    if 0 not in start:
        yield "utf-8"
    if len(content) % 2 == 0:
        yield from ("utf-16-le", "utf-16-be")
    if 0 not in start:
        yield from ("cp932", "euc_jp")
        if sum(byte < 128 for byte in start) > 0.9 * len(start):
            yield from ("iso2022_jp", "cp1252")


def opened(content: bytes) -> Iterator[bytes]:
    """Yield the contents of compressed data and archives, wherever they begin in the data.

    Raises:
        TooLarge: the content exceeds the limit.
    """
    if content[:2] == b"\x1f\x8b":
        yield from _stream(zlib.decompressobj(zlib.MAX_WBITS | 16), content)
    if content[:3] == b"BZh":
        yield from _stream(bz2.BZ2Decompressor(), content)
    if content[:6] == b"\xfd7zXZ\0" or content[:3] == b"\x5d\0\0":
        yield from _stream(lzma.LZMADecompressor(memlimit=200_000_000), content)
    if b"PK\x05\x06" in content:
        yield from _zipped(content)
    if content[257:262] == b"ustar":
        yield from _packed(content)
    for match in itertools.islice(SQUEEZED.finditer(content), STREAMS):  # as in git objects
        if int.from_bytes(match[0], "big") % 31 == 0:
            yield from _stream(zlib.decompressobj(), content[match.start() :])
    yield from _stream(zlib.decompressobj(-zlib.MAX_WBITS), content)


class TooLarge(Exception):
    """The data contains more than is searched."""


class Opener(Protocol):
    """Protocol of a decompressor object."""

    @property
    def unused_data(self) -> bytes:
        """Data after the end of the compressed stream."""

    def decompress(self, data: bytes, limit: int, /) -> bytes:
        """Decompress data, up to a limit."""


def _stream(opener: Opener, content: bytes) -> Iterator[bytes]:
    try:
        inner = opener.decompress(content, MAX_BYTES)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, MemoryError):
        return
    if len(inner) >= MAX_BYTES:
        raise TooLarge
    if len(inner) >= 16:
        yield inner
        rest = opener.unused_data  # next member of a multi-member file
        if rest[:3] in (b"BZh", b"\xfd7z") or rest[:2] == b"\x1f\x8b":
            yield from opened(rest)


def _zipped(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive.comment
            for info in archive.infolist():
                if info.file_size > MAX_BYTES:
                    raise TooLarge
                yield info.filename.encode("utf-8", "replace")
                with archive.open(info) as member:
                    yield member.read(MAX_BYTES)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError):
        return


def _packed(content: bytes) -> Iterator[bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for info in archive:
                if info.size > MAX_BYTES:
                    raise TooLarge
                if member := archive.extractfile(info):
                    yield member.read(MAX_BYTES)
    except (tarfile.TarError, OSError, EOFError, ValueError):
        return


# --- all of it ---


@dataclass
class Search:
    """Recovers the texts and data hidden in one file."""

    texts: dict[str, None] = field(default_factory=dict)
    """Texts found in another form."""
    wrong: dict[str, None] = field(default_factory=dict)
    """Problems with the file, as shown to the instructor."""
    tried: set[str] = field(default_factory=set)
    read: dict[bytes, bool] = field(default_factory=dict)
    """Data -> whether it could be read."""
    size: int = 0

    def text(self, text: str, depth: int = DEPTH) -> None:
        """Look for data in a text."""
        different = list(readings(text))
        for reading in different:
            for other in spelled(reading):
                self._found(other, depth - 1)
                if all(ord(sign) < 256 for sign in other):
                    self.data(other.encode("latin-1"), depth - 1)
        if len(different) > 1:
            different.append(different[-1].replace("\n", ""))  # a number can continue on the next line
        for reading in different:
            for content in digits(reading):
                self.literal(content, depth - 1)
        for piece in pieces(text):
            self.piece(piece, depth)

    def piece(self, piece: str, depth: int = DEPTH) -> None:
        """Search a piece that could be encoded data."""
        if piece not in self.tried:
            self.tried.add(piece)
            understood = [self.data(content, depth - 1) for content in decoded(piece)]
            if not any(understood) and looks_encoded(piece):
                self.wrong.setdefault(say("encoded data that cannot be read"))

    def literal(self, content: bytes, depth: int = DEPTH) -> None:
        """Search data that is written as a literal."""
        high = sum(byte > 127 for byte in content)
        mixed = len(set(content)) >= 64 and list(content) != sorted(content)
        if not self.data(content, depth) and mixed and 4 * high >= len(content) >= 100:
            self.wrong.setdefault(say("encoded data that cannot be read"))

    def data(self, content: bytes, depth: int = DEPTH) -> bool:
        """Search data; return whether it could be read."""
        if len(content) < 16:
            return False
        if content not in self.read:
            self.read[content] = False  # until it has been
            self.size += len(content)
            if depth < 0 or self.size > MAX_ALL or len(self.read) > MAX_PIECES:
                self.wrong.setdefault(say("more encoded data than can be searched"))
            else:
                self.read[content] = self._look_into(content, depth)
        return self.read[content]

    def _look_into(self, content: bytes, depth: int) -> bool:
        if (text := as_text(content)) is not None:
            self._found(text, depth)
            return True
        if understood := bool(CODE.search(content)):
            self.wrong.setdefault(say("compiled code"))
        try:
            for inner in opened(content):
                understood |= self.data(inner, depth - 1)
        except TooLarge:
            self.wrong.setdefault(say("more encoded data than can be searched"))
        for match in PRINTABLE.finditer(content):
            self._found(match[0].decode(), depth)
        return understood

    def _found(self, text: str, depth: int) -> None:
        if text not in self.texts and depth >= 0:
            self.texts.setdefault(text)
            self.text(text, depth)
