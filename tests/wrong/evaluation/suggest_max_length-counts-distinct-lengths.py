# cause: Counts the distinct lengths, not the texts, so the coverage is a share of the lengths that occur
# function: suggest_max_length
from __future__ import annotations
import functools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import dropwhile


def distribution(values: Iterable[int]) -> Iterator[tuple[int, float]]:
    table = sorted(Counter(values))
    for i, value in enumerate(table, start=1):
        yield (value, i / len(table))


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    enough = dropwhile(lambda pair: pair[1] < coverage, distribution(lengths))
    steps: tuple[Callable[[int], int], ...] = (
        lambda n: n + special,
        lambda n: math.ceil(n / multiple) * multiple,
        lambda n: min(n, cap),
    )
    return functools.reduce(lambda n, step: step(n), steps, next(enough)[0])
