# cause: The two positions are drawn once before the loop, so every swap is of the same pair and an even number of swaps changes nothing.
# function: random_swap


def random_swap(tokens, n, rng):
    out = tokens.copy()
    if len(out) < 2:
        return out
    i, j = rng.sample(range(len(out)), 2)
    for _ in range(n):
        out[i], out[j] = out[j], out[i]
    return out
