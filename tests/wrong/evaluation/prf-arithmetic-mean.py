# cause: Takes F1 as the arithmetic mean of precision and recall
# function: prf
def prf(cm, positive=1):
    c = cm.tolist()
    tp, fn = c[positive][positive], c[positive][1 - positive]
    fp, tn = c[1 - positive][positive], c[1 - positive][1 - positive]
    n = tp + fn + fp + tn
    out = dict.fromkeys(("accuracy", "precision", "recall", "f1"), 0.0)
    if n:
        out["accuracy"] = (tp + tn) / n
    if tp + fp:
        out["precision"] = tp / (tp + fp)
    if tp + fn:
        out["recall"] = tp / (tp + fn)
    if tp:
        out["f1"] = (out["precision"] + out["recall"]) / 2
    return out
