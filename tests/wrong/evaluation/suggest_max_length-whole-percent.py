# cause: Cuts the coverage to whole per cent with int(coverage * 100)
# function: suggest_max_length
from collections.abc import Sequence
import numpy as np


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    n = len(lengths)
    percent = int(coverage * 100)
    k = max((percent * n + 99) // 100, 1)  # ceil without floats
    need = np.partition(np.asarray(lengths), k - 1)[k - 1] + special  # O(n), no full sort
    return min(int(-(-need // multiple) * multiple), cap)
