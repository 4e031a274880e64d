# cause: Caches the table of zeros per n_classes, so the counts of earlier calls are still in it
# function: confusion
import functools
from collections.abc import Sequence
import torch
from torch import Tensor


@functools.cache
def square_table(n: int) -> Tensor:
    """An (n, n) table of zeros."""
    return torch.zeros(n, n, dtype=torch.long)


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    table = square_table(n_classes)
    for t, p in zip(y_true, y_pred, strict=True):
        table[int(t), int(p)] += 1
    return table
