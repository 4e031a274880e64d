"""In numpy and in float64; what comes back is an array."""

import numpy as np


def extend_embedding(weight, pieces):
    old = weight.detach().numpy().astype(np.float64)
    new = [old[np.array(ids)].mean(axis=0) for ids in pieces]
    return np.vstack([old, *new])
