"""Tensors all the way; what is not a number becomes 0."""

import torch


def prf(cm, positive=1):
    cm = cm.double()
    hits = cm[positive, positive]
    precision = torch.nan_to_num(hits / cm[:, positive].sum())
    recall = torch.nan_to_num(hits / cm[positive].sum())
    f1 = torch.nan_to_num(2 * precision * recall / (precision + recall))
    return {
        "accuracy": torch.nan_to_num(cm.trace() / cm.sum()),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }
