"""back_translate: calls the translators with tuples, drops nothing only because it equals another original, and
compares with a str subclass.
"""

from collections.abc import Callable
from itertools import compress


class Key(str):
    """A text without what does not count."""

    def __new__(cls, text: str):
        return super().__new__(cls, " ".join(text.lower().split()))


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    there = tuple(to_pivot(tuple(texts))) if texts else ()
    back = list(from_pivot(there)) if texts else []
    seen: set[str] = {Key("")}
    fresh = []
    for original, result in zip(map(Key, texts), map(Key, back), strict=False):
        size = len(seen)
        seen.add(result)
        fresh.append(len(seen) > size and result != original)
    return list(compress(back, fresh)), list(compress(labels, fresh))
