# cause: Exactly n_pairs // 2 pairs are IsNext, so a single pair never is.
# function: make_nsp_pairs
import random


IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    long_enough = [index for index, document in enumerate(documents) if len(document) >= 2]

    def next_pair() -> tuple[str, str, int]:
        document = documents[rng.choice(long_enough)]
        position = rng.randrange(len(document) - 1)
        return document[position], document[position + 1], IS_NEXT

    def random_pair() -> tuple[str, str, int]:
        first, second = rng.sample(range(len(documents)), 2)
        return rng.choice(documents[first]), rng.choice(documents[second]), NOT_NEXT

    # Keep the classes balanced.
    num_next = n_pairs // 2
    labels = [IS_NEXT] * num_next + [NOT_NEXT] * (n_pairs - num_next)
    rng.shuffle(labels)
    return [next_pair() if label == IS_NEXT else random_pair() for label in labels]
