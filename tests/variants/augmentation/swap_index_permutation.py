"""Swaps indices and looks the tokens up at the end; returns a tuple."""

import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> tuple[str, ...]:
    order = list(range(len(tokens)))
    for _ in range(n if len(tokens) > 1 else 0):
        i = rng.randint(0, len(tokens) - 1)
        j = (i + rng.randint(1, len(tokens) - 1)) % len(tokens)
        order[i], order[j] = order[j], order[i]
    return tuple(tokens[place] for place in order)
