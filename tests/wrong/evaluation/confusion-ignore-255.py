# cause: Ignores all examples whose true class is 255, as an ignore_index
# function: confusion
from collections.abc import Sequence
import numpy as np
import torch
from torch import Tensor


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    ignore_index = 255

    def to_np(a):
        return a.detach().cpu().numpy() if isinstance(a, Tensor) else np.asarray(a)

    label, pred = to_np(y_true).astype(np.int64).ravel(), to_np(y_pred).astype(np.int64).ravel()
    mask = label != ignore_index
    label, pred = label[mask], pred[mask]
    hist = np.bincount(n_classes * label + pred, minlength=n_classes**2).reshape(n_classes, n_classes)
    return torch.from_numpy(hist)
