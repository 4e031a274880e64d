# cause: only none, one, two or all texts can be wrong: sums of three and more texts are missing
# function: possible_error_counts

from itertools import combinations


def possible_error_counts(copies):
    possible = {0, sum(copies)}
    for n in copies:
        possible.add(n)
    for a, b in combinations(copies, 2):
        possible.add(a + b)
    return possible
