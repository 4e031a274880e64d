# cause: numpy habit: the quantile with method="lower" counts from (n - 1), so fewer texts than the coverage asks for may fit
# function: suggest_max_length
import math
from collections.abc import Sequence

import numpy as np


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    needed = int(np.quantile(np.asarray(lengths), coverage, method="lower")) + special
    return min(math.ceil(needed / multiple) * multiple, cap)
