# cause: rounds up with a bit mask, which is right only if multiple is a power of two
# function: suggest_max_length

import numpy as np


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    a = np.sort(np.asarray(lengths, dtype=np.int64))
    share = np.arange(1, a.size + 1) / a.size
    n = int(a[np.searchsorted(share, coverage, side="left")]) + special
    return min((n + multiple - 1) & -multiple, cap)
