# cause: Takes the rows as predicted classes, as other books do, so precision and recall are swapped
# function: prf
def prf(cm, positive=1):
    other = 1 - positive
    tp = float(cm[positive, positive])
    fp = float(cm[positive, other])
    fn = float(cm[other, positive])
    total = float(cm.sum())
    accuracy = float(cm[0, 0] + cm[1, 1]) / total if total else 0.0
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
