# cause: The quantile takes the nearest order statistic, which may cover fewer texts than coverage asks for
# function: suggest_max_length
from collections.abc import Sequence

import numpy as np


def suggest_max_length(
    lengths: Sequence[int], coverage: float = 0.95, special: int = 2, multiple: int = 8, cap: int = 512
) -> int:
    token_lens = np.array([n + special for n in lengths])
    max_len = int(np.quantile(token_lens, coverage, method="nearest"))
    pad_to_multiple_of = multiple
    if max_len % pad_to_multiple_of != 0:
        max_len = ((max_len // pad_to_multiple_of) + 1) * pad_to_multiple_of
    return min(max_len, cap)
