# cause: if every token would be dropped, keeps the first one instead of one drawn at random
# function: random_deletion
import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    kept = [token for token in tokens if rng.random() >= p]
    return kept or tokens[:1]
