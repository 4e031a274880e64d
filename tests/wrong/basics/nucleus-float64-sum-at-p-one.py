# cause: With p = 1, the float64 sum rounds to 1 before the last tokens if these are very unlikely, so not all are kept.
# function: nucleus
import math
import numpy as np
import torch


def nucleus(logits, p):
    """Sort, add up, look up where p is reached."""
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p}")
    z = logits.detach().cpu().double().numpy()
    rows = np.atleast_2d(z)
    keep = np.zeros(rows.shape, dtype=bool)
    for row, kept in zip(rows, keep):
        probabilities = np.exp(row - row.max())
        probabilities /= probabilities.sum()
        order = np.argsort(-probabilities, kind="stable")
        last = np.searchsorted(np.cumsum(probabilities[order]), p)
        kept[order[: last + 1]] = True
    mask = torch.from_numpy(keep.reshape(z.shape)).to(logits.device)
    return logits.masked_fill(~mask, -math.inf)
