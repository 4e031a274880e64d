# cause: Exchanges in two assignments without a temporary variable, so one word is lost and another doubled
# function: random_swap
def random_swap(tokens, n, rng):
    result = list(tokens)
    if len(result) <= 1:
        return result
    for _ in range(n):
        i, j = rng.sample(range(len(result)), 2)
        result[i] = result[j]
        result[j] = result[i]
    return result
