# cause: The words to drop are collected in a set, so all occurrences of a word disappear if one of them is drawn.
# function: random_deletion
import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    """Drop each token with probability p, but never all of them."""
    if not tokens:
        return []
    dropped = {token for token in tokens if rng.random() < p}
    kept = [token for token in tokens if token not in dropped]
    return kept if kept else [rng.choice(tokens)]
