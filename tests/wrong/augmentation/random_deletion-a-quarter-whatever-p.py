# cause: a rate of its own, a quarter, instead of p
# function: random_deletion
def random_deletion(tokens, p, rng):
    if not tokens:
        return []
    kept = [token for token in tokens if rng.random() >= 0.25]
    return kept or [rng.choice(tokens)]
