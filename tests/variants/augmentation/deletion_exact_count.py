"""Draws exactly round(p * n) positions to go; one of them stays if these are all."""

import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    n = len(tokens)
    count = min(round(p * n), n - 1)
    if count <= 0:
        return list(tokens)
    gone = set(rng.sample(range(n), count))
    return [token for place, token in enumerate(tokens) if place not in gone]
