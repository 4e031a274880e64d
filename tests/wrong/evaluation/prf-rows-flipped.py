# cause: for positive=0 only the rows of the matrix are flipped (MATLAB's flip), not the columns, so all four figures are wrong for class 0
# function: prf

import numpy as np


def as_array(x):
    if hasattr(x, "detach"):
        x = x.detach().cpu().numpy()
    return np.asarray(x)


def prf(cm, positive=1):
    m = as_array(cm).astype(np.float64)
    if positive == 0:
        m = np.flip(m, 0)
    (tn, fp), (fn, tp) = m
    with np.errstate(divide="ignore", invalid="ignore"):
        acc = np.divide(tp + tn, m.sum())
        ppv = np.divide(tp, tp + fp)
        tpr = np.divide(tp, tp + fn)
        f = np.divide(2 * tp, 2 * tp + fp + fn)
    out = np.nan_to_num([acc, ppv, tpr, f], nan=0.0)
    return dict(zip(("accuracy", "precision", "recall", "f1"), map(float, out)))
