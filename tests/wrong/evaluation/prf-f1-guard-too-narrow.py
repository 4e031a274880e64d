# cause: F1 is guarded only for the case in which nothing was predicted positive; with false positives but no true positive it divides by zero.
# function: prf


def prf(cm, positive=1):
    negative = 1 - positive
    tp = cm[positive, positive].item()
    fn = cm[positive, negative].item()
    fp = cm[negative, positive].item()
    tn = cm[negative, negative].item()
    n = tp + fn + fp + tn

    accuracy = (tp + tn) / n if n > 0 else 0.0
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    if tp + fp == 0:
        f1 = 0.0
    else:
        f1 = 2 * precision * recall / (precision + recall)
    return {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
