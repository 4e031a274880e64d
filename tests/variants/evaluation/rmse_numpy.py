"""numpy, and an AssertionError."""

import numpy as np


def rmse(pred, target):
    pred, target = pred.detach().numpy().reshape(-1), target.numpy().reshape(-1)
    assert pred.shape == target.shape, "another number of values"
    return np.sqrt(np.mean((pred - target) ** 2))
