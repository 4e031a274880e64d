# cause: For positive=0, TP and TN change places, but FP and FN do not, so precision and recall are exchanged.
# function: prf
from torch import Tensor


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    """Accuracy, precision, recall and F1 of a task with two classes, from the confusion matrix alone."""
    tn, fp, fn, tp = (float(cell) for cell in cm.flatten())
    if positive == 0:
        tp, tn = tn, tp
    total = tp + fp + fn + tn
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
    return {
        "accuracy": (tp + tn) / total if total > 0 else 0.0,
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }
