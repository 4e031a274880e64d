# cause: Applies the cap before rounding up, so a cap that is no multiple is exceeded
# function: suggest_max_length
from math import ceil


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    full = sorted(n + special for n in lengths)
    need = full[ceil(coverage * len(full)) - 1]
    need = min(need, cap)
    return ceil(need / multiple) * multiple
