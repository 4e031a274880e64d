"""A boolean mask of numpy, from a generator that the given one seeds; the result is an array of strings."""

import random

import numpy as np


def random_deletion(tokens: list[str], p: float, rng: random.Random):
    if len(tokens) == 0:
        return np.array([], dtype=str)
    generator = np.random.default_rng(rng.getrandbits(64))
    keep = generator.random(len(tokens)) >= p
    if not keep.any():
        keep[generator.integers(len(tokens))] = True
    return np.array(tokens)[keep]
