"""Every sentence that the command line prints, in the reader's language.

``say("grade.passed", count=3)`` looks the key up in ``messages/<lang>.toml``; what a language lacks is said in English.
An entry with the keys ``one`` and ``other`` is chosen by ``count``. Not covered: what click itself says about a wrong
option, and what the grader says about the student's work (titles, messages, hints), which travels in the result.

``clean`` is the one door to a terminal for text that is not ours: messages, names, paths, prints, tracebacks.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Mapping
from typing import Any

from course import paths
from course.compat import tomllib

LANGUAGES = ("en", "ja")

UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tab and newline, DEL, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers, Arabic letter mark
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators of lines and paragraphs, direction of writing
    "\u3164\ufeff\uffa0\ufff0-\ufffb"  # fillers, byte order mark, annotations
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # controls of shorthand and of music
    "\U000e0000-\U000e0fff"  # tags, further variation selectors
    "\ud800-\udfff"  # halves of surrogate pairs, which no stream can encode
    "]"
)
"""Characters that move the cursor, change colours, turn the direction of writing or are not seen at all."""

_language = "en"


def use(lang: str) -> None:
    """Speak this language from now on."""
    global _language
    if lang not in LANGUAGES:
        raise ValueError(f"no messages in {lang!r}: there are {', '.join(LANGUAGES)}")
    _language = lang


def language() -> str:
    """The language spoken now."""
    return _language


def detect(environ: Mapping[str, str] = os.environ) -> str:
    """The reader's language as the environment states it, else the system's; English where we have no messages."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(variable):
            return _known(value)
    import locale

    return _known(locale.getlocale()[0] or "")


def _known(name: str) -> str:
    for lang in LANGUAGES:
        if name.lower().startswith(lang):  # ja_JP.UTF-8, and Japanese_Japan on Windows
            return lang
    return "en"


def say(key: str, /, **values: object) -> str:
    """The sentence for this key with its gaps filled in.

    Raises:
        KeyError: no such sentence; a mistake of ours that the tests find.
    """
    entry = catalogue(_language).get(key)
    if entry is None:
        entry = catalogue("en")[key]
    if isinstance(entry, dict):
        entry = entry["one"] if values.get("count") == 1 and "one" in entry else entry["other"]
    return str(entry).format(**values)


def has(key: str) -> bool:
    """Whether there is such a sentence at all."""
    return key in catalogue("en")


@functools.cache
def catalogue(lang: str) -> dict[str, str | dict[str, str]]:
    """All sentences of one language by dotted key."""
    tables = tomllib.loads((paths.MESSAGES / f"{lang}.toml").read_text(encoding="utf-8"))
    flat: dict[str, str | dict[str, str]] = {}
    _flatten(tables, "", flat)
    return flat


def _flatten(tables: dict[str, Any], prefix: str, flat: dict[str, str | dict[str, str]]) -> None:
    for key, value in tables.items():
        if isinstance(value, dict) and "other" not in value:
            _flatten(value, f"{prefix}{key}.", flat)
        else:
            flat[prefix + key] = value


def clean(text: object, one_line: bool = False) -> str:
    r"""The text as any terminal may have it: what moves, hides or reorders is spelt out.

    Args:
        text: from outside; what is no string is printed as one.
        one_line: spell out newlines as well and make tabs blanks (names, titles, paths, commands).

    >>> clean("\x1b[2Jgone \u202eeman")
    '\\x1b[2Jgone \\u202eeman'
    >>> clean("a\nb", one_line=True)
    'a\\nb'
    """
    spelt = UNSEEN.sub(_spell, str(text).replace("\r\n", "\n"))
    return spelt.replace("\n", "\\n").replace("\t", " ") if one_line else spelt


def escaped_in_json(document: str) -> str:
    r"""A JSON document with the same characters as escapes, which a reader of JSON turns back.

    >>> escaped_in_json('{"x": "\u202e\U000e0041 é"}')
    '{"x": "\\u202e\\udb40\\udc41 é"}'
    """
    return UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], document)


def _spell(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode()
