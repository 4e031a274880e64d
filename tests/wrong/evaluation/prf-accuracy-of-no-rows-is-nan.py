# cause: only the three denominators that look dangerous are guarded; the accuracy of a matrix of zeros is 0/0 in torch, which is nan without an error
# function: prf
import torch
from torch import Tensor


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    cm = torch.as_tensor(cm).double()
    tp = cm[positive, positive].item()
    called, actual = cm[:, positive].sum().item(), cm[positive].sum().item()
    return {
        "accuracy": (cm.trace() / cm.sum()).item(),
        "precision": tp / called if called else 0.0,
        "recall": tp / actual if actual else 0.0,
        "f1": 2 * tp / (called + actual) if tp else 0.0,
    }
