# cause: misreads "after the line before": an impossible line is skipped and the next one compared with the last line that was possible
# function: audit_log


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    bad = []
    n0, loss0, right0 = 0, 0.0, 0.0
    for place, (n, loss, accuracy) in enumerate(rows):
        slack = 0.00005 * (n + n0) + 1e-9
        gained = n * accuracy - right0
        possible = gained >= -slack and gained <= n - n0 + slack and n * loss - loss0 >= -slack
        if possible:
            n0, loss0, right0 = n, n * loss, n * accuracy
        else:
            bad.append(place)
    return bad
