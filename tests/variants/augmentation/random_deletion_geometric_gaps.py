"""random_deletion: jumps from one deleted token to the next by geometric gaps, instead of one draw per token."""

import math
import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    def victims():
        if p <= 0:
            return
        place = -1
        while True:
            if p >= 1:
                gap = 0
            else:
                gap = min(math.log(1.0 - rng.random()) / math.log1p(-p), len(tokens))
            place += 1 + int(gap)
            if place >= len(tokens):
                return
            yield place

    gone = frozenset(victims())
    kept = [token for place, token in enumerate(tokens) if place not in gone]
    return kept or rng.sample(list(tokens), min(1, len(tokens)))
