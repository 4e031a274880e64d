"""Line breaking for Japanese, which has hardly any spaces: lines can break between most characters.

The rules are those of Japanese typesetting, with stricter additions: short compounds of kanji, words in katakana and
the commonest words in hiragana stay whole, and so does a number with the word that it counts. A Latin word can begin
or end a line where it touches Japanese without a space, as in ``また、weight.shape``.
"""

from __future__ import annotations

import re
import unicodedata

KANJI, KATAKANA, HIRAGANA = "\u3005-\u3007\u3400-\u9fff", "\u30a1-\u30fa\u30fc-\u30ff", "\u3041-\u309f"
WIDE = "\u3000-\u30ff\u3400-\u9fff\uff01-\uff60\u2026"
"""Kana, kanji, and their punctuation; the ellipsis is included."""
PUNCTUATION = "\u3000-\u3004\u3008-\u303f\u30fb\uff01-\uff60"
"""Wide characters that are not part of a word."""
NEVER_FIRST = "、。，．・：；？！％ゝゞー々んぁぃぅぇぉっゃゅょゎンァィゥェォッャュョヮヵヶ）］｝〉》」』】〕…\u3000"
"""Characters that cannot begin a line: closing brackets, punctuation, small kana and n, which begin no word."""
NEVER_LAST = "（［｛〈《「『【〔っッ"
"""Characters that cannot end a line: opening brackets, and the small kana that doubles the following sound."""
CLOSING = "、。，．：；？！）］」』】"
"""Characters after the last kana of a sentence or clause."""
WORDS = (
    "ください でしょう なければ ところ すべて それぞれ たとえば される できる あなた ました ません でした ではなく "
    "です ます ため から まで こと もの する した して ある ない いる なる また この その どの これ それ どれ ここ "
    "よう とき だけ など ほど より ずつ なぜ つまり まず もう まだ ほか どう ちょうど "
    "もっと ほとんど ところが そして さらに"
).split()
"""Words in hiragana that are not broken."""
LATIN = "0-9A-Za-z\u00c0-\u024f\u0391-\u03c9"
"""Characters at the beginning and end of words in other scripts."""

PLACE = re.compile(
    f"(?<=[{WIDE}])(?<![{NEVER_LAST}])(?=[{WIDE}])(?![{NEVER_FIRST}])"  # between two characters
    f"|(?<=[{WIDE}])(?<![{NEVER_LAST}])(?=[\"'`(\\[{{<−]*[{LATIN}]|[(\\[][{WIDE}])"  # before a Latin word or a bracket
    f"|(?:(?<=[{LATIN})\\]}}>%])(?<![0-9])|(?<=[{LATIN})\\]}}][\"'`]))(?=[{WIDE}])(?![{NEVER_FIRST}])"  # after one
)
"""Places where a line can end without a space, judging by the characters on both sides."""
COMPOUND = re.compile(f"[{KANJI}]+|[{KATAKANA}]+")
WHOLE = re.compile("|".join(WORDS))
WITHIN = re.compile(f"(?<=[{KANJI}{KATAKANA}）」』】])(?=[{HIRAGANA}])|(?=[{HIRAGANA}][{CLOSING}])")
"""Places where no line ends: between a word and its ending or particle, and before the last kana before punctuation."""
SHORTEST = {True: 2, False: 4}
"""Minimum characters of a compound of kanji (True) or katakana (False) on each side of a break."""
UNPARTED = re.compile(
    f"(?<![\\w.])[0-9][0-9.,/]*( )(?=[{KANJI}{KATAKANA}{HIRAGANA}])|(?<=[^ ])( )(?=[{HIRAGANA}][{CLOSING}])"
)
"""Spaces where no line ends: between a number and what it counts, and before a particle and a comma."""


def is_wide(text: str) -> bool:
    """Return whether a text contains any Japanese; an ellipsis does not count."""
    return re.search(f"[{WIDE}]", text.replace("…", "")) is not None


def columns(text: str) -> int:
    """Return the width of a text in a terminal."""
    return len(text) + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def places(text: str) -> list[int]:
    """Return the places where a line can end without a space.

    >>> text = "また、weight.shape の表示です。[必須]"
    >>> [text[start:end] for start, end in zip([0, *places(text)], [*places(text), None])]
    ['また、', 'weight.shape の', '表示です。', '[必須]']
    """
    kept: set[int] = set()
    for match in COMPOUND.finditer(text):
        start, end = match.span()
        least = SHORTEST[re.match(f"[{KANJI}]", match[0]) is not None]
        kept.update(place for place in range(start + 1, end) if min(place - start, end - place) < least)
    for match in WHOLE.finditer(text):
        kept.update(range(match.start() + 1, match.end()))
    kept.update(match.start() for match in WITHIN.finditer(text))
    return [place for match in PLACE.finditer(text) if (place := match.start()) not in kept]


SHAPE = re.compile(r"(?:\bshape )?[(\[](?:-?\w[\w.]*, ){1,4}-?\w[\w.]*[)\]]")
"""A shape or an index, such as (4, 5), with the word before it."""
LONGEST_SHAPE = 24
"""Columns; what is longer may be parted, or it would leave much of a line empty."""


def unparted(text: str) -> set[int]:
    """Return the positions of spaces at which no line ends.

    >>> text = "values of shape (4, 5) in (2, 3)"
    >>> sorted(unparted(text)) == [15, 19, 29]
    True
    """
    shapes = (match for match in SHAPE.finditer(text) if len(match[0]) <= LONGEST_SHAPE)
    inside = {match.start() + place for match in shapes for place, sign in enumerate(match[0]) if sign == " "}
    return inside | {match.end() - 1 for match in UNPARTED.finditer(text)}


STRAY = re.compile(f"(?<=[{PUNCTUATION}]) (?=[^ ])|(?<=[{WIDE}]) (?=[{WIDE}])")
"""A space where Japanese has none."""


def joined(lines: list[str]) -> str:
    """Join the lines of a paragraph: with spaces, except between two Japanese characters.

    >>> joined(["保存します。", "表示は", "LoRA の", "層です。"])
    '保存します。表示は LoRA の層です。'
    """
    return STRAY.sub("", " ".join(lines))


def fill(text: str, width: int) -> list[str]:
    """Break a paragraph into lines of at most ``width`` columns.

    >>> fill("重みの行列を 3 つとも凍結して、LoRA だけを学習させます。", 16)
    ['重みの行列を', '3 つとも', '凍結して、LoRA', 'だけを学習させ', 'ます。']
    """
    kept = unparted(text)
    ends = {*places(text), *(match.end() for match in re.finditer(" +", text) if match.start() not in kept), len(text)}
    lines, line, begin = [], "", 0
    for end in sorted(ends - {0}):
        piece, begin = text[begin:end], end
        if line and columns(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while columns(line.rstrip()) > width:  # a word longer than a line
            cut = next(n for n in range(len(line), 0, -1) if n == 1 or columns(line[:n]) <= width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip()] if line.rstrip() or not lines else lines
