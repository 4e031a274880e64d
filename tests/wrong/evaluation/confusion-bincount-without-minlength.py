# cause: Calls bincount without minlength, so the reshape fails whenever the last cells are empty
# function: confusion
import torch


def confusion(y_true, y_pred, n_classes=2):
    true = torch.as_tensor(y_true, dtype=torch.int64)
    pred = torch.as_tensor(y_pred, dtype=torch.int64)
    return torch.bincount(n_classes * true + pred).view(n_classes, n_classes)
