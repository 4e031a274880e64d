# cause: Rounds up to the multiple first and adds the special tokens afterwards
# function: suggest_max_length
import math


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    ordered = sorted(lengths)
    k = max(math.ceil(coverage * len(ordered)), 1)
    n = ordered[k - 1]
    n = -(-n // multiple) * multiple
    return min(n + special, cap)
