"""Deletes by position, from the back, in a copy; the one that may stay is drawn in advance."""

import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    result = list(tokens)
    if len(tokens) < 2:
        return result
    lucky = rng.randrange(len(tokens))
    fates = [rng.uniform(0, 1) < p for _ in tokens]
    if all(fates):
        fates[lucky] = False
    for place in range(len(tokens) - 1, -1, -1):
        if fates[place]:
            del result[place]
    return result
