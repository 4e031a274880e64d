# cause: counts the kept tokens by word, so that all copies of a word come out together, in an order of their own
# function: random_deletion
from collections import Counter


def random_deletion(tokens, p, rng):
    if not tokens:
        return []
    kept = Counter(token for token in tokens if rng.random() >= p)
    return list(kept.elements()) or [rng.choice(tokens)]
