# cause: The numbers of copies are put into a set first, so two texts that occur equally often count as one text.
# function: possible_error_counts

from itertools import chain, combinations


def possible_error_counts(copies):
    items = sorted(set(copies))
    subsets = chain.from_iterable(combinations(items, r) for r in range(len(items) + 1))
    return {sum(s) for s in subsets}
