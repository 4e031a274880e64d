# cause: Exchanges only direct neighbours
# function: random_swap
def random_swap(tokens, n, rng):
    words = list(tokens)
    if len(words) < 2:
        return words
    for _ in range(n):
        i = rng.randrange(len(words) - 1)
        words[i], words[i + 1] = words[i + 1], words[i]
    return words
