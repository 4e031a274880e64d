"""confusion: counts pairs with a Counter and returns a list of lists of plain ints."""

from collections import Counter
from collections.abc import Sequence

from torch import Tensor


def confusion(y_true: Sequence[int] | Tensor, y_pred: Sequence[int] | Tensor, n_classes: int = 2) -> Tensor:
    seen = Counter(zip(map(int, y_true), map(int, y_pred), strict=False))
    return [[seen[t, p] for p in range(n_classes)] for t in range(n_classes)]
