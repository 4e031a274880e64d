# cause: The two positions are drawn before the loop, so an even number of swaps undoes itself
# function: random_swap
def random_swap(tokens, n, rng):
    result = list(tokens)
    if len(result) < 2:
        return result
    i, j = rng.sample(range(len(result)), 2)
    for _ in range(n):
        result[i], result[j] = result[j], result[i]
    return result
