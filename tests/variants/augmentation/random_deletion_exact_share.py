"""random_deletion: draws exactly round(p * n) positions to drop, by shuffling numbered tokens and sorting the
survivors back.
"""

import random
from operator import itemgetter


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    numbered = list(enumerate(tokens))
    rng.shuffle(numbered)
    survivors = numbered[round(p * len(tokens)) :] or numbered[-1:]
    return list(map(itemgetter(1), sorted(survivors, key=itemgetter(0))))
