# cause: optimised too early: removes equal sizes before building the sums, so two different texts with as many copies count as one
# function: possible_error_counts


def possible_error_counts(copies: list[int]) -> set[int]:
    sums = {0}
    for size in set(copies):  # the same size need not be looked at twice
        sums |= {size + other for other in sums}
    return sums
