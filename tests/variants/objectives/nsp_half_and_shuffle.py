"""make_nsp_pairs makes exactly half of each kind and shuffles them; positive pairs are drawn from a list of all."""


def make_nsp_pairs(documents, n_pairs, rng):
    following = [(d, i) for d, sentences in enumerate(documents) for i in range(len(sentences) - 1)]
    pairs = []
    for number in range(n_pairs):
        d, i = following[int(rng.random() * len(following))]
        if number % 2:
            others = [n for n in range(len(documents)) if n != d]
            pairs.append((documents[d][i], rng.choice(documents[rng.choice(others)]), 1))
        else:
            pairs.append((documents[d][i], documents[d][i + 1], 0))
    rng.shuffle(pairs)
    return pairs
