# cause: Takes the lower neighbour of the quantile's position, floor(coverage * (N - 1)), so fewer than `coverage` of the texts may fit.
# function: suggest_max_length
import math
from collections.abc import Sequence

import numpy as np


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    """Choose the length at which texts are truncated, from the lengths they have."""
    n = int(np.quantile(np.asarray(lengths), min(coverage, 1.0), method="lower")) + special
    return min(math.ceil(n / multiple) * multiple, cap)
