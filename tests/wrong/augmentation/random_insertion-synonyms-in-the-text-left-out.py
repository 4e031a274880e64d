# cause: synonyms that are in the text already are left out, so a word may have none left
# function: random_insertion
from __future__ import annotations
import random
from collections.abc import Iterable


def _validate_count(name: str, value: int) -> int:
    if isinstance(value, bool) or int(value) != value or value < 0:
        raise ValueError(f"{name} must be a non-negative integer, got {value!r}")
    return int(value)


def _alternatives(word: str, lexicon: dict[str, list[str]], exclude: Iterable[str] = ()) -> list[str]:
    excluded = {word, *exclude}
    return [synonym for synonym in lexicon.get(word) or [] if synonym not in excluded]


def random_insertion(tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random) -> list[str]:
    n = _validate_count("n", n)
    result = list(tokens)
    if n == 0 or not result or (not lexicon):
        return result
    present = frozenset(tokens)
    candidates: list[list[str]] = []
    for token in tokens:
        options = _alternatives(token, lexicon, exclude=present)
        if options:
            candidates.append(options)
    if not candidates:
        return result
    for _ in range(n):
        synonym = rng.choice(rng.choice(candidates))
        position = rng.randint(0, len(result))
        result.insert(position, synonym)
    return result
