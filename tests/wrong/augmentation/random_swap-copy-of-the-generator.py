# cause: Draws from a deep copy of rng, so that rng does not advance and every call makes the same swaps.
# function: random_swap

import copy
import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    words = list(tokens)
    rng = copy.deepcopy(rng)
    if len(words) < 2:
        return words
    for _ in range(n):
        first, second = rng.sample(range(len(words)), 2)
        words[first], words[second] = words[second], words[first]
    return words
