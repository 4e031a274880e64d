# cause: The document is drawn first and one of a single sentence always becomes NotNext, as in old pre-training scripts, so far fewer than half of the pairs are IsNext.
# function: make_nsp_pairs
import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    pairs = []
    for _ in range(n_pairs):
        index = rng.randrange(len(documents))
        document = documents[index]
        if len(document) > 1 and rng.random() < 0.5:
            position = rng.randrange(len(document) - 1)
            pairs.append((document[position], document[position + 1], 0))
        else:
            first = rng.choice(document)
            other = rng.randrange(len(documents) - 1)
            if other >= index:
                other += 1
            pairs.append((first, rng.choice(documents[other]), 1))
    return pairs
