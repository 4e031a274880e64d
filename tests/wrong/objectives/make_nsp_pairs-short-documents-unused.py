# cause: documents of one sentence are never used; if only one is left, both sentences of a NotNext pair come from it
# function: make_nsp_pairs
from __future__ import annotations
import random

IS_NEXT, NOT_NEXT = (0, 1)


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    if n_pairs < 0:
        raise ValueError("n_pairs must not be negative")
    if len(documents) < 2:
        raise ValueError("at least two documents are needed")
    usable = [index for index, document in enumerate(documents) if len(document) >= 2]
    if not usable:
        raise ValueError("no document has two sentences")
    pairs: list[tuple[str, str, int]] = []
    for _ in range(n_pairs):
        label = IS_NEXT if rng.random() < 0.5 else NOT_NEXT
        source = rng.choice(usable)
        document = documents[source]
        if label == IS_NEXT:
            position = rng.randrange(len(document) - 1)
            pairs.append((document[position], document[position + 1], IS_NEXT))
            continue
        others = [index for index in usable if index != source] or usable
        other = documents[rng.choice(others)]
        pairs.append((rng.choice(document), rng.choice(other), NOT_NEXT))
    return pairs
