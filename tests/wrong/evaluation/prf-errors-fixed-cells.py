# cause: Only the true positives follow the argument positive; false positives and false negatives always come from the cells that are right for class 1.
# function: prf


def prf(cm, positive=1):
    cm = [[float(v) for v in row] for row in cm]
    tp = cm[positive][positive]
    fp, fn = cm[0][1], cm[1][0]
    total = sum(map(sum, cm))

    def div(a, b):
        return a / b if b else 0.0

    return {
        "accuracy": div(cm[0][0] + cm[1][1], total),
        "precision": div(tp, tp + fp),
        "recall": div(tp, tp + fn),
        "f1": div(2 * tp, 2 * tp + fp + fn),
    }
