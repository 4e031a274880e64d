"""nucleus counts the tokens that stay with searchsorted, and writes only those into a row of -inf; in numpy."""

import numpy as np
import torch


class Impossible(ValueError):
    pass


def nucleus(logits, p):
    if not 0.0 <= p <= 1.0:
        raise Impossible(p)
    rows = np.atleast_2d(logits.numpy()).astype(np.float64)
    left = np.full_like(rows, -np.inf)
    for row, out in zip(rows, left, strict=True):
        shares = np.exp(row - np.logaddexp.reduce(row))
        order = np.argsort(-shares, kind="stable")
        n = len(row) if p == 1 else max(1, int(np.searchsorted(np.cumsum(shares[order]), p)) + 1)
        out[order[:n]] = row[order[:n]]
    return torch.from_numpy(left.reshape(tuple(logits.shape))).float()
