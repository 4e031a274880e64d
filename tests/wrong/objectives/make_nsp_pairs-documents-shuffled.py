# cause: rng.shuffle(documents) changes the order of the caller's list.
# function: make_nsp_pairs
import itertools


IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents, n_pairs, rng):
    consecutive = list(itertools.chain.from_iterable(map(itertools.pairwise, documents)))
    pairs = []
    for label in rng.choices([IS_NEXT, NOT_NEXT], k=n_pairs):
        if label == IS_NEXT:
            first, second = rng.choice(consecutive)
        else:
            rng.shuffle(documents)
            first, second = map(rng.choice, documents[:2])
        pairs.append((first, second, label))
    return pairs
