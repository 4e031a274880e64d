# cause: pairs are counted in a Counter without int(), but two tensors that hold the same number are two keys, so that with tensors no cell exceeds 1
# function: confusion
from collections import Counter
from collections.abc import Sequence

import torch
from torch import Tensor


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    table = torch.zeros(n_classes, n_classes, dtype=torch.long)
    for (true, predicted), count in Counter(zip(y_true, y_pred, strict=True)).items():
        table[int(true), int(predicted)] = count
    return table
