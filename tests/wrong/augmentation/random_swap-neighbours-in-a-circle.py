# cause: Exchanges only neighbours, the first and the last being neighbours too
# function: random_swap
import numpy as np
import random


def as_signal(tokens: list[str]) -> np.ndarray:
    signal = np.empty(len(tokens), dtype=object)
    signal[:] = tokens
    return signal


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    signal = as_signal(tokens)
    length = signal.size
    if length < 2:
        return signal.tolist()
    for _ in range(n):
        at = rng.randrange(length)
        after = (at + 1) % length  # circular, so that the last sample has a neighbour, too
        signal[[at, after]] = signal[[after, at]]
    return signal.tolist()
