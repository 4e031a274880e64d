# cause: a text of at most one token is returned as the very list that was passed in (as in EDA's code), not as a new one
# function: random_deletion
import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    if len(tokens) <= 1:
        return tokens
    kept = [token for token in tokens if rng.random() >= p]
    return kept or [rng.choice(tokens)]
