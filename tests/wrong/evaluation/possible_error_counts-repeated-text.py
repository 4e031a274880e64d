# cause: Lets the same text be wrong several times over, as in the coin problem with unlimited coins
# function: possible_error_counts
def possible_error_counts(copies):
    total = sum(copies)
    reachable = [False] * (total + 1)
    reachable[0] = True
    for c in copies:
        for n in range(c, total + 1):
            if reachable[n - c]:
                reachable[n] = True
    return {n for n, ok in enumerate(reachable) if ok}
