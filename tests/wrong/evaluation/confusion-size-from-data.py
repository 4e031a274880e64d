# cause: The size of the table is taken from the largest class that occurs, and n_classes is ignored.
# function: confusion

import numpy as np


def confusion(y_true, y_pred, n_classes=2):
    y_true = np.asarray(y_true, dtype=int)
    y_pred = np.asarray(y_pred, dtype=int)
    n = int(max(y_true.max(), y_pred.max())) + 1
    counts = np.bincount(y_true * n + y_pred, minlength=n * n)
    return counts.reshape(n, n)
