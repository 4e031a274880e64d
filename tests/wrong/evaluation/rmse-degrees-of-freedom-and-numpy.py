# cause: Divides by B - 1 as for a sample standard deviation; and: calls numpy() on a prediction that hangs on a graph, which raises
# function: rmse
import numpy as np


def rmse(pred, target):
    p = pred.numpy().ravel()
    t = target.numpy().ravel()
    if p.size != t.size:
        raise ValueError("pred and target must hold the same number of values")
    squared = np.square(p - t)
    return float(np.sqrt(squared.sum() / (p.size - 1)))
