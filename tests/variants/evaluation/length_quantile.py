"""numpy's quantile without interpolation; a float comes back."""

import numpy as np


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    needed = np.quantile(np.asarray(lengths), coverage, method="inverted_cdf") + special
    return float(min(np.ceil(needed / multiple) * multiple, cap))
