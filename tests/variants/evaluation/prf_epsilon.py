"""A tiny number keeps the denominators away from 0."""

import numpy as np


def prf(cm, positive=1):
    cm = np.asarray(cm, dtype=np.float32)
    tp = cm[positive][positive]
    eps = 1e-9
    precision = tp / max(cm[:, positive].sum(), eps)
    recall = tp / max(cm[positive, :].sum(), eps)
    return {
        "f1": 2 * precision * recall / max(precision + recall, eps),
        "recall": recall,
        "precision": precision,
        "accuracy": np.diag(cm).sum() / max(cm.sum(), eps),
    }
