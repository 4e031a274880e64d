# cause: The two positions are drawn before the loop, so all swaps exchange the same pair and an even number of them changes nothing.
# function: random_swap
import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    """Swap two words, n times."""
    swapped = list(tokens)
    if len(swapped) < 2:
        return swapped
    i, j = rng.sample(range(len(swapped)), 2)
    for _ in range(n):
        swapped[i], swapped[j] = swapped[j], swapped[i]
    return swapped
