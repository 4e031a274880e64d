# cause: If no token would stay, always the first one is kept instead of a random one
# function: random_deletion
def random_deletion(tokens, p, rng):
    result = [tok for tok in tokens if rng.random() >= p]
    if not result:
        result = tokens[:1]
    return result
