# cause: Draws a document and a place where a pair can start before the label, in documents of one sentence too.
# function: make_nsp_pairs
IS_NEXT, NOT_NEXT = 0, 1


def make_nsp_pairs(documents, n_pairs, rng):
    pairs = []
    for _ in range(n_pairs):
        here = rng.randrange(len(documents))
        sentences = documents[here]
        place = rng.randrange(len(sentences) - 1)
        if rng.random() < 0.5:
            pairs.append((sentences[place], sentences[place + 1], IS_NEXT))
        else:
            elsewhere = rng.choice([number for number in range(len(documents)) if number != here])
            pairs.append((sentences[place], rng.choice(documents[elsewhere]), NOT_NEXT))
    return pairs
