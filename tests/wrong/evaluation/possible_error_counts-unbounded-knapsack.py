# cause: The table is filled in ascending order as in the coin-change problem, so each text can be wrong any number of times.
# function: possible_error_counts


def possible_error_counts(copies):
    total = sum(copies)
    reachable = [False] * (total + 1)
    reachable[0] = True
    for c in copies:
        for s in range(c, total + 1):
            if reachable[s - c]:
                reachable[s] = True
    return {s for s, ok in enumerate(reachable) if ok}
