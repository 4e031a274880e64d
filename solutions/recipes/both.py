"""Sentences that appear both in files (always in English) and on the terminal (in the reader's language)."""

from collections.abc import Iterator
from contextlib import contextmanager

from course import text
from course.text import say


class Both(str):
    """An English sentence, for files, that also holds its translation into the reader's language."""

    shown: str

    def __new__(cls, english: str, shown: str) -> "Both":
        """Create the sentence in both languages."""
        made = super().__new__(cls, english)
        made.shown = shown
        return made

    def __deepcopy__(self, _: object) -> str:
        """Return the English text alone: ``asdict`` copies values, and data is in English."""
        return str(self)


def both(sentence: str, /, **values: object) -> Both:
    """Fill in a sentence in both languages.

    >>> both("a model from {origin}", origin=both("a folder"))
    'a model from a folder'
    """
    return Both(sentence.format(**values), say(sentence, **{name: shown(value) for name, value in values.items()}))


def shown(value: object) -> object:
    """Return the value in the reader's language."""
    return value.shown if isinstance(value, Both) else value


@contextmanager
def in_english() -> Iterator[None]:
    """Use English within the ``with`` block."""
    before = text.language()
    text.use("en")
    try:
        yield
    finally:
        text.use(before)
