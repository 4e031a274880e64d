# cause: New = tokens is taken for a copy, so the list of the caller is changed
# function: random_swap
def random_swap(tokens, n, rng):
    new_words = tokens
    if len(new_words) < 2:
        return new_words
    for _ in range(n):
        idx1, idx2 = rng.sample(range(len(new_words)), 2)
        new_words[idx1], new_words[idx2] = new_words[idx2], new_words[idx1]
    return new_words
