"""confusion: the product of two one-hot matrices in numpy, returned as a numpy array."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    def one_hot(classes) -> np.ndarray:
        column = np.asarray(classes).astype(np.int64).reshape(-1, 1)
        return (column == np.arange(n_classes)).astype(np.int64)

    return one_hot(y_true).T @ one_hot(y_pred)
