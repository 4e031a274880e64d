# cause: Shuffles the whole text n times instead of exchanging n pairs
# function: random_swap
def random_swap(tokens, n, rng):
    if len(tokens) < 2:
        return list(tokens)
    mixed = list(tokens)
    for _ in range(n):
        rng.shuffle(mixed)
    return mixed
