# cause: p = 1 is taken for "no valid probability", and the text comes back as it is
# function: random_deletion
def random_deletion(tokens, p, rng):
    if not tokens or not 0 < p < 1:
        return list(tokens)
    kept = [token for token in tokens if rng.random() >= p]
    return kept or [rng.choice(tokens)]
