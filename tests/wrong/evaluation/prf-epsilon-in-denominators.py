# cause: Adds a small epsilon (1e-3) to every denominator against division by 0, so every figure is a little too small
# function: prf
def prf(cm, positive=1):
    eps = 1e-3
    neg = 1 - positive
    tp, tn = cm[positive, positive].item(), cm[neg, neg].item()
    fp, fn = cm[neg, positive].item(), cm[positive, neg].item()
    precision = tp / (tp + fp + eps)
    recall = tp / (tp + fn + eps)
    f1 = 2 * precision * recall / (precision + recall + eps)
    accuracy = (tp + tn) / (tp + tn + fp + fn + eps)
    return {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
