# cause: Takes only the single texts and the running totals (the first two wrong, the first three wrong, ...) instead of every choice of texts
# function: possible_error_counts
from itertools import accumulate


def possible_error_counts(copies):
    return {0, *accumulate(copies), *copies}
