# cause: Duplicate entries are removed first, so two texts with the same number of copies count as one.
# function: possible_error_counts


def possible_error_counts(copies: list[int]) -> set[int]:
    """How many errors a model can make on a test set in which texts repeat."""
    sums = {0}
    for size in sorted(set(copies)):
        sums |= {total + size for total in sums}
    return sums
