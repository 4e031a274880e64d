"""The fewest and the most right answers as whole numbers, losses with their rounding; numpy integers come back."""

import numpy as np


def audit_log(rows):
    table = np.array([(0, 0.0, 0.0), *rows])
    n, loss, accuracy = table.T
    fewest = np.ceil(n * (accuracy - 0.00005) - 1e-6)
    most = np.floor(n * (accuracy + 0.00005) + 1e-6)
    new_loss = np.diff(n * loss)
    slack = 0.00005 * (n[1:] + n[:-1]) + 1e-6
    bad = (most[1:] < fewest[:-1]) | (fewest[1:] - most[:-1] > np.diff(n)) | (new_loss < -slack)
    return tuple(np.flatnonzero(bad))
