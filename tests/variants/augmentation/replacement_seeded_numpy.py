"""Numpy's generator, seeded by the given one; an array of strings comes back."""

import random

import numpy as np


def synonym_replacement(tokens, n, lexicon, rng: random.Random, protected=frozenset(("no", "not", "never"))):
    generator = np.random.default_rng(rng.randrange(2**32))
    able = [i for i, t in enumerate(tokens) if t not in protected and any(s != t for s in lexicon.get(t, []))]
    words = np.array(tokens, dtype=object)
    for i in generator.permutation(able)[:n] if n > 0 else []:
        words[i] = str(generator.choice([s for s in lexicon[tokens[i]] if s != tokens[i]]))
    return words
