# cause: Guards precision and recall against division by 0, but not F1, so it raises ZeroDivisionError when there is no true positive
# function: prf
def prf(cm, positive=1):
    (a, b), (c, d) = cm.tolist()
    if positive == 1:
        tn, fp, fn, tp = a, b, c, d
    else:
        tp, fn, fp, tn = a, b, c, d
    precision = tp / (tp + fp) if (tp + fp) else 0.0
    recall = tp / (tp + fn) if (tp + fn) else 0.0
    f1 = 2 * (precision * recall) / (precision + recall)
    accuracy = (tp + tn) / max(tp + tn + fp + fn, 1)
    return {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
