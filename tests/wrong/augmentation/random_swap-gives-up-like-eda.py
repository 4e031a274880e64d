# cause: follows the published code of EDA (as blogs copy it), which gives up a swap if the second position equals the first four times in a row
# function: random_swap
import random


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    new = list(tokens)
    if len(new) < 2:
        return new
    for _ in range(n):
        i = rng.randint(0, len(new) - 1)
        j = i
        counter = 0
        while j == i and counter <= 3:
            j = rng.randint(0, len(new) - 1)
            counter += 1
        new[i], new[j] = new[j], new[i]
    return new
