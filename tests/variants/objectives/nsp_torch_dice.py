"""make_nsp_pairs with dice of torch, seeded from the given ones; the labels are tensors."""

import torch


def make_nsp_pairs(documents, n_pairs, rng):
    dice = torch.Generator().manual_seed(rng.randrange(2**31))

    def draw(n):
        return torch.randint(n, (), generator=dice).item()

    labels = torch.bernoulli(torch.full((n_pairs,), 0.5), generator=dice).long()
    pairs = []
    for label in labels:
        sentences = [document for document in documents if len(document) > 1 or label == 1]
        one = sentences[draw(len(sentences))]
        if label == 0:
            place = draw(len(one) - 1)
            pairs.append((one[place], one[place + 1], label))
        else:
            rest = [document for document in documents if document is not one]
            other = rest[draw(len(rest))]
            pairs.append((one[draw(len(one))], other[draw(len(other))], label))
    return pairs
