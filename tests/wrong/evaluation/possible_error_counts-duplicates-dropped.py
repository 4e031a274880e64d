# cause: Runs over the set of the copy counts, so two texts with equally many copies are taken for one
# function: possible_error_counts
def possible_error_counts(copies):
    sums = {0}
    for c in set(copies):
        sums = sums | {s + c for s in sums}
    return sums
