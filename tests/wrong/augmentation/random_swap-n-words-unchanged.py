# cause: Returns an unswapped copy if the text has n or fewer tokens, instead of fewer than two.
# function: random_swap
import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    new = list(tokens)
    if len(tokens) <= n:
        return new
    for _ in range(n):
        i, j = rng.sample(range(len(new)), 2)
        new[i], new[j] = new[j], new[i]
    return new
