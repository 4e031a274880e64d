"""Write files so that a reader sees either the old content or the new one, never a part of it."""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import stat
from pathlib import Path
from typing import Any

from course.text import escaped_in_json

NAME = 60
"""Characters of a file's name that its temporary file keeps; a name can be as long as the system allows."""


def write(path: Path, text: str) -> None:
    """Replace the content of ``path``: write a temporary file next to it, then rename.

    Raises:
        OSError: the directory does not exist or is not writable; ``path`` is unchanged.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes, *, lasting: bool = True) -> None:
    """Replace the content of ``path`` with these bytes, so that line ends stay as they are.

    Args:
        path: the file to replace.
        content: the new content.
        lasting: wait until the content would survive a power cut.
    """
    path = Path(os.path.realpath(path))  # a link keeps pointing to the replaced file
    beside = path.with_name(f".{path.name[:NAME]}.{secrets.token_hex(6)}.tmp")
    try:
        with open(beside, "xb") as file:
            file.write(content)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        if path.exists():
            os.chmod(beside, stat.S_IMODE(path.stat().st_mode))
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def to_json(value: Any) -> bytes:
    r"""Serialise a JSON document in UTF-8, ending in ``\n``.

    Infinities and NaN, which JSON does not have, become null; a lone surrogate (which a student's string can contain)
    becomes its JSON escape, so that the bytes stay valid UTF-8, and so do characters that a terminal would act on.

    >>> to_json({"x": float("nan"), "y": "é"}).decode()
    '{\n  "x": null,\n  "y": "é"\n}\n'
    """
    text = json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False)
    return (escaped_in_json(text) + "\n").encode("utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
