"""Every user-facing sentence: English in the code, other languages in gettext catalogues.

``say("There is no file {file}.", file=name)`` returns that sentence in the reader's language and fills in its
placeholders; ``say_many`` selects by a count; ``mark`` marks a sentence that is used later, in a table for example.
Sentences missing from a catalogue stay English. The catalogues (``course/locale/<lang>/LC_MESSAGES``, one per room)
are written by ``python -m scripts.messages``; reading them needs only the standard library. click's own messages are
in ``course/click_words.py``.

All text that is not ours passes through ``clean`` on its way to a terminal: messages, names, paths, prints, tracebacks.
"""

from __future__ import annotations

import functools
import gettext
import json
import os
import re
import string
import sys
from collections.abc import Iterable, Mapping

from course import paths
from course.line_breaks import is_wide

LANGUAGES = ("en", "ja")
"""English, the language of the code, and the languages with catalogues."""

UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 except tab and newline, DEL, C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # soft hyphen, joiners, fillers, Arabic letter mark
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero-width characters, line and paragraph separators, direction marks
    "\u3164\ufeff\uffa0\ufff0-\ufffb"  # fillers, byte order mark, annotations
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # shorthand and musical controls
    "\U000e0000-\U000e0fff"  # tags, further variation selectors
    "\ud800-\udfff"  # surrogates, which no stream can encode
    "]"
)
"""Characters that move the cursor, change colours, reverse the direction of writing or are invisible."""

_language = "en"


def use(lang: str) -> None:
    """Use this language from now on."""
    global _language
    if lang not in LANGUAGES:
        raise ValueError(f"no messages in {lang!r}: there are {', '.join(LANGUAGES)}")
    _language = lang


def use_if_written(lang: str) -> bool:
    """Use this language if the terminal can write it, otherwise English; return whether it can."""
    try:
        sample(lang).encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        use("en")
        return False
    use(lang)
    return True


def language() -> str:
    """Return the current language."""
    return _language


def detect(environ: Mapping[str, str] = os.environ) -> str:
    """Return the reader's language from the environment, otherwise the system's; English if we have no catalogue."""
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


def mark(sentence: str) -> str:
    """Return the sentence unchanged: it is added to the catalogues, and translated later."""
    return sentence


def mark_many(one: str, other: str) -> tuple[str, str]:
    """Mark a sentence with two English forms."""
    return one, other


def say(sentence: str, /, **values: object) -> str:
    """Return the sentence in the reader's language with its placeholders filled in.

    Raises:
        KeyError: a placeholder has no value; a fault of ours that the tests find.
    """
    return filled(translated(sentence), values)


def say_many(one: str, other: str, /, *, count: int, **values: object) -> str:
    """Return a sentence with two English forms, selected by ``count``; other languages have their own forms."""
    return filled(_catalogues(_language).ngettext(one, other, count), {"count": count, **values})


def listed(parts: Iterable[str]) -> str:
    """Join words of ours with the comma of the reader's language."""
    return translated(mark(", ")).join(parts)


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """Fill in the placeholders of a sentence.

    In a Japanese sentence a space separates a placeholder from the words next to it, since most values are code or
    numbers; there is none between two Japanese words. A path keeps its space, because its end would be unclear.

    >>> [filled("{what} の形状: {n} 個", {"what": what, "n": 3}) for what in ("重み", "`w`", "/tmp/重み")]
    ['重みの形状: 3 個', '`w` の形状: 3 個', '/tmp/重み の形状: 3 個']
    """
    if sentence.isascii():
        return sentence.format(**values)
    said, japanese = "", False
    for words, field, form, conversion in string.Formatter().parse(sentence):
        if japanese and words[:1] == " " and is_wide(words[1:2]):
            words = words[1:]
        said += words
        japanese = False
        if field is None:  # a doubled brace
            continue
        gap = f"{{{field}{f'!{conversion}' if conversion else ''}{f':{form}' if form else ''}}}"
        value = gap.format(**values)
        ours = not re.search(r"[/\\]", value)
        if ours and words[-1:] == " " and is_wide(words[-2:-1]) and is_wide(value[:1]):
            said = said[:-1]
        said += value
        japanese = ours and is_wide(value[-1:])
    return said


def translated_many(one: str, other: str, count: int) -> str:
    """Return the form for this count, in the reader's language, with its placeholders."""
    return _catalogues(_language).ngettext(one, other, count)


def translated(sentence: str, lang: str | None = None) -> str:
    """Return the sentence in this language or by default the reader's; it has no placeholders."""
    return _catalogues(lang or _language).gettext(sentence) if sentence else ""


def sample(lang: str) -> str:
    """Return some words of a language, to find out whether a terminal can write it."""
    return translated(mark("Create a workspace:"), lang)


@functools.cache
def _catalogues(lang: str) -> gettext.NullTranslations:
    """Return all catalogues of a language as one; those of rooms that are not installed are skipped."""
    found = gettext.NullTranslations()
    if lang not in LANGUAGES:
        return found
    for path in sorted((paths.LOCALE / lang / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
        catalogue.add_fallback(found)
        found = catalogue
    return found


def clean(text: object, one_line: bool = False) -> str:
    r"""Return text that is safe for any terminal: characters that move, hide or reorder text are spelt out.

    Args:
        text: text from outside; any other object is converted to a string.
        one_line: also spell out newlines, and turn tabs into blanks (names, titles, paths, commands).

    >>> clean("\x1b[2Jgone \u202eeman")
    '\\x1b[2Jgone \\u202eeman'
    >>> clean("a\nb", one_line=True)
    'a\\nb'
    """
    spelt = UNSEEN.sub(_spell, str(text).replace("\r\n", "\n"))
    return spelt.replace("\n", "\\n").replace("\t", " ") if one_line else spelt


def escaped_in_json(document: str) -> str:
    r"""Escape the same characters in a JSON document; a JSON parser reverses this.

    >>> escaped_in_json('{"x": "\u202e\U000e0041 é"}')
    '{"x": "\\u202e\\udb40\\udc41 é"}'
    """
    return UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], document)


def _spell(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "surrogatepass").decode()
