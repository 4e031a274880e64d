# cause: If no token is left, draws all tokens again until some are kept (the law given that the text is not empty) instead of keeping exactly one; too many tokens survive in short texts with a large p.
# function: random_deletion
import random


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> list[str]:
    """The kept set K is a product of Bernoulli(1 - p), given that K is not empty."""
    if not tokens:
        return []
    if p >= 1:  # the limit p -> 1 of the law below: one uniform position
        return [rng.choice(tokens)]
    while True:
        kept = [t for t in tokens if rng.random() >= p]
        if kept:
            return kept
