# cause: It swaps a random token with its right neighbour instead of two tokens at any two positions.
# function: random_swap


def random_swap(tokens, n, rng):
    result = list(tokens)
    length = len(result)
    if length >= 2:
        for _ in range(n):
            pos = rng.randint(0, length - 2)
            result[pos], result[pos + 1] = result[pos + 1], result[pos]
    return result
