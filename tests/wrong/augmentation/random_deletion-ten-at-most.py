# cause: At most 10 tokens are deleted, whatever p is, so long texts lose too few.
# function: random_deletion

import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    if not tokens:
        return []
    n_deleted = min(round(p * len(tokens)), 10)
    deleted = set(rng.sample(range(len(tokens)), n_deleted))
    kept = [token for i, token in enumerate(tokens) if i not in deleted]
    return kept or [tokens[rng.randint(0, len(tokens) - 1)]]
