"""Right answers as whole numbers, losses with their rounding; a tuple of numpy integers comes back."""

import numpy as np


def audit_log(rows):
    table = np.array([(0, 0.0, 0.0), *rows])
    n, loss, accuracy = table.T
    right = np.rint(n * accuracy)
    new, new_right, new_loss = np.diff(n), np.diff(right), np.diff(n * loss)
    slack = 0.00005 * (n[1:] + n[:-1]) + 1e-6
    bad = (new_right < 0) | (new_right > new) | (new_loss < -slack)
    return tuple(np.flatnonzero(bad))
