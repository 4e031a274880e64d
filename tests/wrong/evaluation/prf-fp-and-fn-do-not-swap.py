# cause: true positives and negatives follow `positive`, but false positives and false negatives stay in the cells they have for positive=1
# function: prf
from torch import Tensor


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    negative = 1 - positive
    tp, tn = int(cm[positive, positive]), int(cm[negative, negative])
    fp, fn = int(cm[0, 1]), int(cm[1, 0])

    def share(part: float, whole: float) -> float:
        return part / whole if whole else 0.0

    precision, recall = share(tp, tp + fp), share(tp, tp + fn)
    return {
        "accuracy": share(tp + tn, tp + tn + fp + fn),
        "precision": precision,
        "recall": recall,
        "f1": share(2 * precision * recall, precision + recall),
    }
