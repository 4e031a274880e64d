# cause: Texts of fewer than two tokens are not treated, so rng.sample raises
# function: random_swap
def random_swap(tokens, n, rng):
    words = tokens[:]
    for _ in range(n):
        i, j = rng.sample(range(len(words)), k=2)
        tmp = words[i]
        words[i] = words[j]
        words[j] = tmp
    return words
