"""One long number whose bits are the counts; a sorted list comes back."""


def possible_error_counts(copies):
    reachable = 1
    for n in copies:
        reachable |= reachable << n
    return [count for count in range(sum(copies) + 1) if reachable >> count & 1]
