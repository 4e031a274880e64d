"""Two positions from a shuffled list, in an array of numpy."""

import random

import numpy as np


def random_swap(tokens: list[str], n: int, rng: random.Random) -> list[str]:
    array = np.array(tokens, dtype=object)
    places = list(range(len(tokens)))
    for _ in range(n):
        if len(places) < 2:
            break
        rng.shuffle(places)
        array[places[:2]] = array[places[1::-1]]
    return array.tolist()
