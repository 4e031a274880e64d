"""make_nsp_pairs makes half of each kind, of an odd number one more of either; positive pairs come from a list."""


def make_nsp_pairs(documents, n_pairs, rng):
    following = [(d, i) for d, sentences in enumerate(documents) for i in range(len(sentences) - 1)]
    pairs = []
    odd = n_pairs % 2 and int(rng.random() < 0.5)
    for number in range(odd, odd + n_pairs):
        d, i = following[int(rng.random() * len(following))]
        if number % 2:
            others = [n for n in range(len(documents)) if n != d]
            pairs.append((documents[d][i], rng.choice(documents[rng.choice(others)]), 1))
        else:
            pairs.append((documents[d][i], documents[d][i + 1], 0))
    rng.shuffle(pairs)
    return pairs
