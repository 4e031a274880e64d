"""Find the students mentioned in the name of a file or folder that contains more: ``week8 s101``, ``Ann_Lee_v2``.

A mention is an id, an e-mail address or a whole name, as separate words: ``s101`` does not mention ``s10``. A longer
name is another person's: ``Mary Ann Lee`` does not mention ``Ann Lee``, nor does ``jo.ann@x.org`` mention
``ann@x.org``. Numbers of one or two digits belong to attempts and exercises, so ids of that kind are not searched for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from course.classroom import names
from course.classroom.model import Student
from course.classroom.roster import folded, orders, squashed

WIDE = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Kana, Chinese characters and Hangul: a name in them is one word that ends where other letters begin."""
WORD = re.compile(rf"[{WIDE}]+|(?:(?![{WIDE}])[^\W_])+")
SPLIT = 3
"""Maximum number of blanks in a name where the roster has none."""
JOINTS = (" ", "_", "-", ".")
"""Separators between the words of one name."""


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def is_letters(self) -> bool:
        return self.text.isalpha()

    @property
    def is_wide(self) -> bool:
        return bool(re.match(f"[{WIDE}]", self.text))


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    students: frozenset[Student]
    is_name: bool
    joints: frozenset[str] = frozenset()
    """Separators that join it to the word before or after it in a longer name; empty if nothing does."""


class Mentions:
    """Index of a class for finding students mentioned in longer names."""

    def __init__(self, students: Iterable[Student]) -> None:
        """Index the students."""
        self._ids: dict[tuple[str, ...], set[Student]] = {}
        self._names: dict[str, set[Student]] = {}
        self._addresses: dict[str, set[Student]] = {}
        self._most = 0
        for student in students:
            for address in {folded(student.id), folded(student.email)}:
                if "@" in address:
                    self._addresses.setdefault(address, set()).add(student)
            words = tuple(word.text for word in _words(folded(student.id)))
            if words and not _says_little(words):
                self._ids.setdefault(words, set()).add(student)
            for name in orders(student.name):
                if len(parts := _words(name)) > 1 or any(word.is_wide for word in parts):
                    self._names.setdefault(squashed(name), set()).add(student)
                    self._most = max(self._most, len(parts) + SPLIT)
        self._longest = max(map(len, self._ids), default=0)

    def of(self, name: str, *, letters: bool = True) -> set[Student]:
        """Return the students mentioned; several if the name has several, or if an id and a name contradict each other.

        Args:
            name: name of a file without its suffix, or of a folder.
            letters: whether ids made only of letters count; ``main`` can be an id, but also ``main.py``.
        """
        text = unicodedata.normalize("NFC", folded(name))
        words = _words(text)
        found = [*self._by_address(text), *self._by_id(text, words, letters), *self._by_name(text, words)]
        found = [one for one in found if not _is_part(one, found)]
        found = [one for one in found if not _is_longer(one, found, text, words)]
        by_id = set().union(*(one.students for one in found if not one.is_name))
        by_name = set().union(*(one.students for one in found if one.is_name))
        if len(by_id) == 1 and by_id <= by_name:  # the id distinguishes students with the same name
            return by_id
        return by_id | by_name

    def _by_address(self, text: str) -> Iterator[_Mention]:
        inside = [address for address in self._addresses if address in text] if "@" in text else []
        for address in inside:
            for at in re.finditer(rf"(?<![^\W_])(?<![.+-]){re.escape(address)}(?![^\W_])(?![.-][^\W_])", text):
                yield _Mention(at.start(), at.end(), frozenset(self._addresses[address]), is_name=False)

    def _by_id(self, text: str, words: list[_Word], letters: bool) -> Iterator[_Mention]:
        for first in range(len(words)):
            for last in range(first, min(len(words), first + self._longest)):
                found = words[first : last + 1]
                students = self._ids.get(tuple(word.text for word in found))
                only_letters = all(word.is_letters for word in found)
                if students and (letters or not only_letters):
                    joints = frozenset(JOINTS if only_letters else ())
                    yield _Mention(found[0].start, found[-1].end, frozenset(students), False, joints)

    def _by_name(self, text: str, words: list[_Word]) -> Iterator[_Mention]:
        parts = [part for word in words for part in _letters(word)]
        for first in range(len(parts)):
            for last in range(first, min(len(parts), first + self._most)):
                found = parts[first : last + 1]
                if students := self._names.get("".join(word.text for word in found)):
                    inner = {text[one.end : next_.start] for one, next_ in zip(found, found[1:], strict=False)}
                    yield _Mention(found[0].start, found[-1].end, frozenset(students), True, frozenset({" ", *inner}))


def _words(text: str) -> list[_Word]:
    return [_Word(found[0], found.start(), found.end()) for found in WORD.finditer(text)]


def _letters(word: _Word) -> Iterator[_Word]:
    """Yield the parts of a word without its numbers: ``lee2`` gives ``lee``."""
    for found in re.finditer(r"\D+", word.text):
        yield _Word(found[0], word.start + found.start(), word.start + found.end())


def _says_little(words: tuple[str, ...]) -> bool:
    """Return whether an id could also be an attempt's number, or a word that is in many names."""
    return len(words) == 1 and (names.is_common(words[0]) or (words[0].isdecimal() and len(words[0]) < 3))


def _is_part(one: _Mention, found: Iterable[_Mention]) -> bool:
    """Return whether a mention is inside a longer one."""
    return any(
        other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start
        for other in found
    )


def _is_longer(one: _Mention, found: Iterable[_Mention], text: str, words: Iterable[_Word]) -> bool:
    """Return whether the adjacent words make it part of a longer name, which can be another person's."""
    told = [other for other in found if other.students & one.students]
    itself = next((word for word in words if word.start <= one.start < word.end), None)
    for word in words:
        between = text[word.end : one.start] if word.end <= one.start else text[one.end : word.start]
        beside = word.end <= one.start or one.end <= word.start
        if not beside or between not in one.joints or not word.is_letters or names.is_common(word.text):
            continue
        if itself and itself.is_wide != word.is_wide:
            continue
        if not any(other.start <= word.start and word.end <= other.end for other in told):
            return True
    return False
