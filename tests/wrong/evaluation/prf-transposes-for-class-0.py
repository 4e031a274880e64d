# cause: in a hurry: turns the matrix around for positive=0 by transposing it, which swaps the two errors but leaves TP and TN where they were
# function: prf
from torch import Tensor


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    if positive == 0:
        cm = cm.T
    (tn, fp), (fn, tp) = [[float(cell) for cell in row] for row in cm]
    total = tp + tn + fp + fn
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    return {
        "accuracy": (tp + tn) / total if total else 0.0,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if tp else 0.0,
    }
