# cause: The second sentence of a NotNext pair comes from the whole corpus, so it can be from the same document (even the true next sentence), and the first is never a last or only sentence.
# function: make_nsp_pairs
import random

IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents: list[list[str]], n_pairs: int, rng: random.Random) -> list[tuple[str, str, int]]:
    # 50% of the time B is the actual next sentence that follows A, and 50% of the time it is a random sentence
    # from the corpus
    corpus = [sentence for document in documents for sentence in document]
    starts = [(d, i) for d, document in enumerate(documents) for i in range(len(document) - 1)]
    pairs = []
    for _ in range(n_pairs):
        d, i = rng.choice(starts)
        if rng.random() < 0.5:
            pairs.append((documents[d][i], documents[d][i + 1], IS_NEXT))
        else:
            pairs.append((documents[d][i], rng.choice(corpus), NOT_NEXT))
    return pairs
