"""Each cell is the number of places where both masks hold."""

import numpy as np


def confusion(y_true, y_pred, n_classes=2):
    y_true, y_pred = np.array([*map(int, y_true)]), np.array([*map(int, y_pred)])
    return [[((y_true == row) & (y_pred == column)).sum() for column in range(n_classes)] for row in range(n_classes)]
