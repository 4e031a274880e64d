"""random_swap: keeps the text in a dictionary and draws the second place as a non-zero cyclic offset from the first."""

import random
from functools import reduce


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    size = len(tokens)
    if size < 2:
        return [*tokens]

    def one(places: dict[int, str], _: int) -> dict[int, str]:
        i = rng.randrange(size)
        j = (i + 1 + rng.randrange(size - 1)) % size
        return places | {i: places[j], j: places[i]}

    final = reduce(one, range(n), dict(enumerate(tokens)))
    return [final[place] for place in range(size)]
