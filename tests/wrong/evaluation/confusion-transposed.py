# cause: Puts the predictions in the rows and the true classes in the columns
# function: confusion
import torch


def confusion(y_true, y_pred, n_classes=2):
    cm = torch.zeros(n_classes, n_classes, dtype=torch.long)
    for t, p in zip(y_true, y_pred):
        cm[int(p), int(t)] += 1
    return cm
