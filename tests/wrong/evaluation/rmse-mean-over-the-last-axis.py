# cause: takes the mean and root over the last axis and then averages (the Keras way), so for pred of shape (B, 1) it returns the mean absolute error
# function: rmse

import numpy as np


def as_array(x):
    if hasattr(x, "detach"):
        x = x.detach().cpu().numpy()
    return np.asarray(x)


def rmse(pred, target):
    """Keras: K.sqrt(K.mean(K.square(y_pred - y_true), axis=-1)), averaged over what is left."""
    y_pred = as_array(pred)
    y_true = as_array(target)
    if y_pred.size != y_true.size:
        raise ValueError(f"{y_pred.size} predictions for {y_true.size} targets")
    y_true = y_true.reshape(y_pred.shape)
    per_row = np.sqrt(np.mean(np.square(y_pred - y_true), axis=-1))
    return float(np.mean(per_row))
