# cause: The second sentence of a NotNext pair is drawn with the random module itself, not with rng, so equal seeds give different pairs.
# function: make_nsp_pairs
import random


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    long_enough = [i for i, document in enumerate(documents) if len(document) >= 2]
    pairs = []
    for _ in range(n_pairs):
        if rng.random() < 0.5:
            document = documents[rng.choice(long_enough)]
            start = rng.randrange(len(document) - 1)
            pairs.append((document[start], document[start + 1], 0))
        else:
            i, j = rng.sample(range(len(documents)), 2)
            first = rng.choice(documents[i])
            second = random.choice(documents[j])
            pairs.append((first, second, 1))
    return pairs
