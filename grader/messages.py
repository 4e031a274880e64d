"""What the judge says to students, in their language: one TOML file per language in ``grader/texts``."""

from __future__ import annotations

import functools
from pathlib import Path

from course.compat import tomllib

TEXTS = Path(__file__).parent / "texts"

_language = "en"


def use(lang: str) -> None:
    """Speak this language from now on; what it lacks is said in English."""
    global _language
    _language = lang


def say(key: str, /, **values: object) -> str:
    """The sentence for ``group.name`` with its gaps filled.

    Raises:
        KeyError: no such sentence; a mistake of ours that the tests find.
    """
    sentence = catalogue(_language).get(key) or catalogue("en")[key]
    return sentence.format(**values)


@functools.cache
def catalogue(lang: str) -> dict[str, str]:
    """All sentences of a language by ``group.name``; empty for a language that we have none in."""
    path = TEXTS / f"{lang}.toml"
    if not path.exists():
        return {}
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {f"{group}.{name}": text for group, table in tables.items() for name, text in table.items()}
