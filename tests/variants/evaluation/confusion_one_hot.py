"""A product of two one-hot matrices."""

import torch


def confusion(y_true, y_pred, n_classes=2):
    eye = torch.eye(n_classes, dtype=torch.float64)
    true = eye[[int(t) for t in y_true]]
    pred = eye[[int(p) for p in y_pred]]
    return true.T @ pred
