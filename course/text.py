"""Every sentence that the command line prints, in the reader's language.

``say("grade.passed", count=3)`` looks the key up in ``messages/<lang>.toml``; what a language lacks is said in English.
An entry with the keys ``one`` and ``other`` is chosen by ``count``. Not covered: what click itself says about a wrong
option, and what the grader says about the student's work (titles, messages, hints), which travels in the result.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any

from course import paths
from course.compat import tomllib

LANGUAGES = ("en", "ja")

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
