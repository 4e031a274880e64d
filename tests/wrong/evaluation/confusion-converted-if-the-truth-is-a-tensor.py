# cause: Tensors become lists only if y_true is one; with a list as y_true, the dictionary keys hold tensors, so counts above 1 are lost.
# function: confusion
from collections import Counter
import numpy as np
import torch
from torch import Tensor


def confusion(y_true, y_pred, n_classes=2):
    # tensors as dictionary keys do not work
    if isinstance(y_true, (Tensor, np.ndarray)):
        y_true = y_true.tolist()
        y_pred = list(y_pred) if isinstance(y_pred, (list, tuple)) else y_pred.tolist()
    counts = Counter(zip(y_true, y_pred))
    cm = torch.zeros(n_classes, n_classes, dtype=torch.int64)
    for (t, p), n in counts.items():
        cm[int(t), int(p)] = n
    return cm
