"""numpy's unbuffered addition."""

import numpy as np


def confusion(y_true, y_pred, n_classes=2):
    cm = np.zeros((n_classes, n_classes), dtype=np.int32)
    np.add.at(cm, (np.asarray(y_true), np.asarray(y_pred)), 1)
    return cm
