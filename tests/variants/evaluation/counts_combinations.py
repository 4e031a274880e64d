"""All choices of texts, by size."""

from itertools import chain, combinations


def possible_error_counts(copies):
    choices = chain.from_iterable(combinations(copies, size) for size in range(len(copies) + 1))
    return {sum(choice) for choice in choices}
