# cause: If the document drawn for IsNext has one sentence only, the pair becomes NotNext instead, so IsNext is rarer than one half.
# function: make_nsp_pairs
import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    pairs = []
    for _ in range(n_pairs):
        index = rng.randrange(len(documents))
        document = documents[index]
        if rng.random() < 0.5 and len(document) > 1:
            position = rng.randrange(len(document) - 1)
            pairs.append((document[position], document[position + 1], 0))
        else:
            other = rng.choice([i for i in range(len(documents)) if i != index])
            pairs.append((rng.choice(document), rng.choice(documents[other]), 1))
    return pairs
