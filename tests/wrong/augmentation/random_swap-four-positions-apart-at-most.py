# cause: Only swaps positions at most 4 apart by default, although every pair of positions must be possible.
# function: random_swap
import random
from collections.abc import Sequence


def random_swap(tokens: Sequence[str], n: int, rng: random.Random, max_distance: int = 4) -> list[str]:
    """Swap two words, n times; words far apart stay where they are, so that the text remains readable."""
    result = list(tokens)
    last = len(result) - 1
    if last < 1:
        return result
    for _ in range(n):
        i = rng.randint(0, last)
        near = [j for j in range(max(0, i - max_distance), min(last, i + max_distance) + 1) if j != i]
        j = rng.choice(near)
        result[i], result[j] = result[j], result[i]
    return result
