# cause: Divides every row by its sum, as normalize='true' does in scikit-learn, and returns shares instead of counts
# function: confusion
import torch


def confusion(y_true, y_pred, n_classes=2):
    cm = torch.zeros(n_classes, n_classes)
    for t, p in zip(y_true, y_pred):
        cm[int(t)][int(p)] += 1
    return cm / cm.sum(dim=1, keepdim=True).clamp(min=1)
