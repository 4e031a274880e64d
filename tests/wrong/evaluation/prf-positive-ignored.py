# cause: Unpacks the cells as tn, fp, fn, tp and ignores the argument positive
# function: prf
def prf(cm, positive=1):
    tn, fp, fn, tp = (int(x) for x in cm.flatten())

    def ratio(a, b):
        return a / b if b else 0.0

    return {
        "accuracy": ratio(tp + tn, tp + tn + fp + fn),
        "precision": ratio(tp, tp + fp),
        "recall": ratio(tp, tp + fn),
        "f1": ratio(2 * tp, 2 * tp + fp + fn),
    }
