# cause: numpy's quantile with method="lower" is taken to be the length that the share fits into, but it is the text below that place and may cover too few
# function: suggest_max_length
from collections.abc import Sequence

import numpy as np


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    needed = np.asarray(lengths) + special
    n = int(np.quantile(needed, coverage, method="lower"))  # no interpolation between two texts
    return min(-(-n // multiple) * multiple, cap)
