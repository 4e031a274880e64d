# cause: guards precision, recall and F1 but not the accuracy, which is NaN for a matrix of zeros
# function: prf
import torch
from torch import Tensor


def prf(cm: Tensor, positive: int = 1) -> dict[str, float]:
    counts = torch.as_tensor(cm).double()
    negative = 1 - positive
    tp = counts[positive, positive].item()
    fp = counts[negative, positive].item()
    fn = counts[positive, negative].item()
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if tp else 0.0
    accuracy = (counts.diagonal().sum() / counts.sum()).item()
    return {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
