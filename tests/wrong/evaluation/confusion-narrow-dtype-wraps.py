# cause: numbers the cells in the dtype of the input, so that uint8 labels of more than 16 classes wrap around at 256
# function: confusion
from collections.abc import Sequence

import torch
from torch import Tensor


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    if len(y_true) == 0:
        return torch.zeros(n_classes, n_classes, dtype=torch.long)
    true, predicted = torch.as_tensor(y_true), torch.as_tensor(y_pred)
    cells = true * n_classes + predicted
    return torch.bincount(cells, minlength=n_classes * n_classes).reshape(n_classes, n_classes)
