# cause: Draws both positions independently, so they may be equal and nothing is exchanged
# function: random_swap
def random_swap(tokens, n, rng):
    out = tokens.copy()
    if len(out) < 2:
        return out
    for _ in range(n):
        a = rng.randint(0, len(out) - 1)
        b = rng.randint(0, len(out) - 1)
        out[a], out[b] = out[b], out[a]
    return out
