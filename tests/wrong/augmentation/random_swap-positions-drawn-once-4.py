# cause: the two positions are drawn once for all swaps, so that an even number of swaps changes nothing
# function: random_swap
import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    swapped = list(tokens)
    if len(swapped) < 2:
        return swapped
    i, j = rng.sample(range(len(swapped)), 2)
    for _ in range(n):
        swapped[i], swapped[j] = swapped[j], swapped[i]
    return swapped
