# cause: asks numpy for the lower percentile, which avoids interpolation but may cover fewer texts than coverage
# function: suggest_max_length
from collections.abc import Sequence

import numpy as np


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    needed = np.asarray(lengths) + special
    n = int(np.percentile(needed, 100 * coverage, method="lower"))
    return min(-(-n // multiple) * multiple, cap)
