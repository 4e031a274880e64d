# cause: Counts in float16, so counts above 2048 are rounded
# function: confusion
from collections.abc import Sequence
import torch
import torch.nn.functional as F
from torch import Tensor


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    t = F.one_hot(torch.as_tensor(y_true).long(), n_classes).half()
    p = F.one_hot(torch.as_tensor(y_pred).long(), n_classes).half()
    return (t.T @ p).long()  # one GEMM on the tensor cores
