"""The earlier position first, the later one behind it: any pair, though not all of them equally often."""

import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    if len(tokens) <= 1 or n == 0:
        return list(tokens)
    early = rng.randint(0, len(tokens) - 2)
    late = rng.randint(early + 1, len(tokens) - 1)
    swapped = [*tokens[:early], tokens[late], *tokens[early + 1 : late], tokens[early], *tokens[late + 1 :]]
    return random_swap(swapped, n - 1, rng)
