"""A generator of tokens, with weighted choices."""

import random
from collections.abc import Iterator


def random_deletion(tokens: list[str], p: float, rng: random.Random) -> Iterator[str]:
    fates = rng.choices((False, True), weights=(p, 1 - p), k=len(tokens)) if tokens else []
    if tokens and not any(fates):
        yield tokens[int(rng.random() * len(tokens))]
    for token, stays in zip(tokens, fates, strict=False):
        if stays:
            yield token
