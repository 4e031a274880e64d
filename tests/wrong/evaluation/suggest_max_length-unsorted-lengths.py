# cause: Forgets to sort the lengths before taking the place of the quantile
# function: suggest_max_length
import math


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    totals = [length + special for length in lengths]
    place = math.ceil(coverage * len(totals)) - 1
    rounded = math.ceil(totals[place] / multiple) * multiple
    return min(rounded, cap)
