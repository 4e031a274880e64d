# cause: It takes numpy's quantile with method "lower", which goes down to the text below the quantile, so fewer than the demanded share of the texts may fit.
# function: suggest_max_length

import numpy as np


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    with_special = np.asarray(lengths) + special
    n = int(np.quantile(with_special, coverage, method="lower"))
    n = -(-n // multiple) * multiple
    return min(n, cap)
