"""Every sentence that a person reads: English in the code, other languages in gettext catalogues.

``say("There is no file {file}.", file=name)`` says that sentence in the reader's language and fills its gaps;
``say_many`` chooses by a count; ``mark`` marks a sentence that is said later, in a table for example. What a catalogue
lacks is said in English. The catalogues (``course/locale/<lang>/LC_MESSAGES``, one for each room of the house) are
written by ``python -m scripts.messages``; reading them needs the standard library alone. What click itself says is
in ``course/click_words.py``.

``clean`` is the one door to a terminal for text that is not ours: messages, names, paths, prints, tracebacks.
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
"""English, which stands in the code, and those that have catalogues."""

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


def use_if_written(lang: str) -> bool:
    """Speak this language if the terminal can write it, else English; say which of the two."""
    try:
        sample(lang).encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        use("en")
        return False
    use(lang)
    return True


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


def mark(sentence: str) -> str:
    """The sentence itself: it goes into the catalogues, and is said later."""
    return sentence


def mark_many(one: str, other: str) -> tuple[str, str]:
    """The same for a sentence with two English forms."""
    return one, other


def say(sentence: str, /, **values: object) -> str:
    """The sentence in the reader's language with its gaps filled in.

    Raises:
        KeyError: a gap has no value; a fault of ours that the tests find.
    """
    return filled(translated(sentence), values)


def say_many(one: str, other: str, /, *, count: int, **values: object) -> str:
    """The same for a sentence with two English forms, chosen by ``count``; other languages have theirs."""
    return filled(_catalogues(_language).ngettext(one, other, count), {"count": count, **values})


def listed(parts: Iterable[str]) -> str:
    """Words of ours in a row, with the comma of the reader's language."""
    return translated(mark(", ")).join(parts)


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """A sentence with its gaps filled in.

    In a Japanese sentence a space parts a gap from the words beside it, for most values are code or numbers; between
    two Japanese words there is none. A path keeps its space, or nobody could tell where it ends.

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
    """Which of the two it is, in the reader's language, with its gaps."""
    return _catalogues(_language).ngettext(one, other, count)


def translated(sentence: str, lang: str | None = None) -> str:
    """The sentence in this language, else the reader's, as it is: it has no gaps."""
    return _catalogues(lang or _language).gettext(sentence) if sentence else ""


def sample(lang: str) -> str:
    """Some words of a language, for finding out whether a terminal can write it."""
    return translated(mark("Create a workspace:"), lang)


@functools.cache
def _catalogues(lang: str) -> gettext.NullTranslations:
    """All catalogues of a language as one; those of rooms that are not installed are not missed."""
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
