# cause: draws all pairs at once without replacement, so no position takes part in two swaps and n is capped
# function: random_swap
import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    swapped = list(tokens)
    n = min(n, len(tokens) // 2)
    positions = rng.sample(range(len(tokens)), 2 * n)
    for i, j in zip(positions[::2], positions[1::2], strict=True):
        swapped[i], swapped[j] = swapped[j], swapped[i]
    return swapped
