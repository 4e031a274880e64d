# cause: If no token would be kept, it always returns the first one instead of one drawn at random.
# function: random_deletion


def random_deletion(tokens, p, rng):
    kept = []
    for token in tokens:
        if rng.random() < p:
            continue
        kept.append(token)
    return kept or tokens[:1]
