# cause: Takes the number of classes from the labels that occur instead of from n_classes, so classes that never occur are missing
# function: confusion
import torch


def confusion(y_true, y_pred, n_classes=2):
    y_true, y_pred = torch.as_tensor(y_true), torch.as_tensor(y_pred)
    k = int(max(y_true.max(), y_pred.max())) + 1
    return torch.bincount(y_true * k + y_pred, minlength=k * k).reshape(k, k)
