# cause: goes through the different numbers of copies instead of the texts, so that two texts with equally many copies cannot both be wrong
# function: possible_error_counts


def possible_error_counts(copies: list[int]) -> set[int]:
    possible = {0}
    for n in set(copies):
        possible |= {errors + n for errors in possible}
    return possible
