"""Files are written in English, whoever reads the terminal: sentences and pages that go to both."""

from collections.abc import Iterator
from contextlib import contextmanager

from course import text
from course.text import say


class Both(str):
    """A sentence in English, as files have it, which knows what it is in the reader's language."""

    shown: str

    def __new__(cls, english: str, shown: str) -> "Both":
        """Both of them."""
        made = super().__new__(cls, english)
        made.shown = shown
        return made

    def __deepcopy__(self, _: object) -> str:
        """For ``asdict``: data has the English."""
        return str(self)


def both(sentence: str, /, **values: object) -> Both:
    """A sentence with its gaps filled in, in both languages.

    >>> both("a model from {origin}", origin=both("a folder"))
    'a model from a folder'
    """
    return Both(sentence.format(**values), say(sentence, **{name: shown(value) for name, value in values.items()}))


def shown(value: object) -> object:
    """What a person reads of it."""
    return value.shown if isinstance(value, Both) else value


@contextmanager
def in_english() -> Iterator[None]:
    """While this lasts, English is spoken."""
    before = text.language()
    text.use("en")
    try:
        yield
    finally:
        text.use(before)
