"""The matrix is turned round for class 0; F1 from the cells; one key more."""


def prf(cm, positive=1):
    if positive == 0:
        cm = cm.flip(0, 1)
    (tn, fp), (fn, tp) = cm.tolist()
    result = dict.fromkeys(("accuracy", "precision", "recall", "f1"), 0.0)
    if tn + fp + fn + tp:
        result["accuracy"] = (tn + tp) / (tn + fp + fn + tp)
    if tp:
        result["precision"] = tp / (tp + fp)
        result["recall"] = tp / (tp + fn)
        result["f1"] = 2 * tp / (2 * tp + fp + fn)
    result["support"] = tp + fn
    return result
