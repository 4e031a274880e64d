# cause: Rounding up is written as (n // multiple + 1) * multiple, which goes one multiple too far when n is a multiple already.
# function: suggest_max_length

import math


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    totals = sorted(l + special for l in lengths)
    needed = math.ceil(coverage * len(totals) - 1e-9)
    n = totals[max(needed, 1) - 1]
    n = (n // multiple + 1) * multiple
    return min(n, cap)
