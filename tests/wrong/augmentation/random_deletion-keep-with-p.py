# cause: The comparison is turned round, each token is kept with probability p
# function: random_deletion
import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    if not tokens:
        return []
    kept = [t for t in tokens if rng.random() < p]
    return kept or [rng.choice(tokens)]
