"""Draws the second position until it is another one."""

import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    result = tokens[:]
    while n > 0 and len(set(range(len(result)))) > 1:
        i = rng.randrange(len(result))
        j = i
        while j == i:
            j = rng.randrange(len(result))
        keep = result[i]
        result[i] = result[j]
        result[j] = keep
        n -= 1
    return result
