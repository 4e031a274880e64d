# cause: the groups of itertools.groupby are read after it has moved on, so all words are empty
# function: whole_word_mask
import random
from collections.abc import Iterator
from itertools import groupby


def shuffled(items: list, rng: random.Random) -> list:
    rng.shuffle(items)
    return items


def words_of(word_ids: list[int | None]) -> list[Iterator[int]]:
    runs = groupby(range(len(word_ids)), key=word_ids.__getitem__)
    return [positions for word, positions in runs if word is not None]


def affordable(words: list[Iterator[int]], budget: int) -> Iterator[int]:
    for word in words:
        positions = tuple(word)
        if len(positions) <= budget:
            budget -= len(positions)
            yield from positions


def whole_word_mask(word_ids: list[int | None], p: float, rng: random.Random) -> list[bool]:
    ordinary = sum((word is not None for word in word_ids))
    budget = max(1, round(p * ordinary))
    chosen = set(affordable(shuffled(words_of(word_ids), rng), budget))
    return [position in chosen for position in range(len(word_ids))]
