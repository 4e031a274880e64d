"""Decode text of unknown encoding: UTF-8 if it is valid, otherwise a Windows code page that makes sense of it.

Not covered: code pages other than those of western Europe and Japan; their letters come out wrong, as in any guess.
"""

from __future__ import annotations

import re

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uff66-\uff9d]")
MIXED = re.compile("[A-Za-z][\u0080-\uffff]|[\u0080-\uffff][A-Za-z]")
"""A Latin letter next to a character of another kind: decoded as Japanese, ``Müller`` has one in the middle."""
OEM = frozenset([*range(0x80, 0xA6), 0xE1])
"""Accented letters of code pages 437 and 850, in which Windows writes the names in a zip."""


def text(data: bytes) -> str:
    """Decode a file saved by a spreadsheet program."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return japanese(data) or data.decode("cp1252", errors="replace")


def name(data: bytes) -> str:
    """Decode a file name in an archive that does not state its encoding."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if found := japanese(data):
        return found
    oem = all(byte in OEM for byte in data if byte >= 0x80)
    try:
        return data.decode("cp437" if oem else "cp1252")
    except UnicodeDecodeError:
        return data.decode("cp437")


def japanese(data: bytes) -> str | None:
    """Decode Japanese text in code page 932; None if it is not Japanese."""
    try:
        found = data.decode("cp932")
    except UnicodeDecodeError:
        return None
    foreign = [sign for sign in found if sign > "\x7f"]
    if any("\ue000" <= sign <= "\uf8ff" for sign in foreign) or not JAPANESE.search(found):
        return None
    return found if 2 * len(MIXED.findall(found)) < len(foreign) else None
