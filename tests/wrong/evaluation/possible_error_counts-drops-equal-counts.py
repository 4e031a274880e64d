# cause: goes through the different numbers of copies only, so that two texts that occur equally often count as one
# function: possible_error_counts


def possible_error_counts(copies: list[int]) -> set[int]:
    possible = {0}
    for n in set(copies):
        possible |= {errors + n for errors in possible}
    return possible
