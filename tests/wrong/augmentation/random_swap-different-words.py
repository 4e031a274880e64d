# cause: draws two different words and swaps their first occurrences, instead of two different positions
# function: random_swap
import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    result = tokens.copy()
    words = sorted(set(tokens))
    if len(words) < 2:
        return result
    for _ in range(n):
        first, second = rng.sample(words, 2)
        i, j = result.index(first), result.index(second)
        result[i], result[j] = result[j], result[i]
    return result
