# cause: The index in the list of documents with two or more sentences is used to cut the document out of the full list.
# function: make_nsp_pairs
import random
from collections.abc import Iterator
from itertools import pairwise


IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    usable = [document for document in documents if len(document) > 1]

    def pairs() -> Iterator[tuple[str, str, int]]:
        for _ in range(n_pairs):
            label = rng.choice((IS_NEXT, NOT_NEXT))
            index, document = rng.choice(list(enumerate(usable)))
            if label == IS_NEXT:
                yield (*rng.choice(list(pairwise(document))), label)
            else:
                others = documents[:index] + documents[index + 1:]
                yield (rng.choice(document), rng.choice(rng.choice(others)), label)
    return list(pairs())
