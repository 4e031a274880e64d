# cause: Cm[t, p] += 1 with index tensors adds only once to a cell, however often the pair occurs.
# function: confusion

import torch


def confusion(y_true, y_pred, n_classes=2):
    t = torch.as_tensor(y_true).long()
    p = torch.as_tensor(y_pred).long()
    cm = torch.zeros(n_classes, n_classes, dtype=torch.long)
    cm[t, p] += 1
    return cm
