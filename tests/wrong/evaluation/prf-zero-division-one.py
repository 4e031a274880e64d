# cause: Sets an undefined precision or recall to 1.0 instead of 0.0; and: rounds all figures to four places
# function: prf
def prf(cm, positive=1):
    neg = 1 - positive
    tp = int(cm[positive][positive])
    tn = int(cm[neg][neg])
    fp = int(cm[neg][positive])
    fn = int(cm[positive][neg])
    total = tp + tn + fp + fn
    accuracy = (tp + tn) / total if total > 0 else 0.0
    precision = tp / (tp + fp) if tp + fp > 0 else 1.0
    recall = tp / (tp + fn) if tp + fn > 0 else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0
    return {
        "accuracy": round(accuracy, 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
    }
