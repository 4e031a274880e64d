"""One matrix of shares, (n, V), times the old rows."""

import torch


def extend_embedding(weight, pieces):
    shares = torch.zeros(len(pieces), weight.shape[0], dtype=weight.dtype)
    for row, ids in enumerate(pieces):
        for i in ids:
            shares[row, i] += 1 / len(ids)
    return torch.cat((weight, shares @ weight))
