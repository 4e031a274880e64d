"""make_nsp_pairs is a generator function; its labels are booleans, and a triple is a list."""


def make_nsp_pairs(documents, n_pairs, rng):
    long_enough = [sentences for sentences in documents if len(sentences) >= 2]
    for _ in range(n_pairs):
        stranger = bool(rng.getrandbits(1))
        if stranger:
            first, second = (rng.choice(sentences) for sentences in rng.sample(documents, k=2))
        else:
            sentences = rng.choice(long_enough)
            first, second = rng.choice(list(zip(sentences, sentences[1:], strict=False)))
        yield [first, second, stranger]
