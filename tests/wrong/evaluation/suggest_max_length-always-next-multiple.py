# cause: Goes to the next multiple even where the length is a multiple already (n // multiple + 1)
# function: suggest_max_length
import math


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    lengths = sorted(lengths)
    position = math.ceil(len(lengths) * coverage) - 1
    n = lengths[position] + special
    n = (n // multiple + 1) * multiple
    return n if n < cap else cap
