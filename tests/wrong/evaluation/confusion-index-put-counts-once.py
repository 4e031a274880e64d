# cause: Adds 1 with fancy indexing (cm[t, p] += 1), which counts repeated pairs only once
# function: confusion
import torch


def confusion(y_true, y_pred, n_classes=2):
    t = torch.as_tensor(y_true).long()
    p = torch.as_tensor(y_pred).long()
    cm = torch.zeros((n_classes, n_classes), dtype=torch.int64)
    cm[t, p] += 1
    return cm
