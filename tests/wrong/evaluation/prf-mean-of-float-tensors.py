# cause: F1 is the arithmetic mean, and everything is computed with float32 tensors, which give nan for 0 / 0
# function: prf
import torch


def prf(cm, positive=1):
    cm = torch.as_tensor(cm).float()
    hits = cm[positive, positive]
    precision = hits / cm[:, positive].sum()
    recall = hits / cm[positive].sum()
    return {
        "accuracy": float(cm.diag().sum() / cm.sum()),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float((precision + recall) / 2),
    }
