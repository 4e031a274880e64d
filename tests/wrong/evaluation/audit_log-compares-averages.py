# cause: Compares the averages instead of the sums, so an accuracy that merely falls is reported
# function: audit_log
def audit_log(rows):
    bad = []
    n0, loss0, acc0 = 0, 0.0, 0.0
    for i, (n, loss, acc) in enumerate(rows):
        new = n - n0
        if acc < acc0 - 0.0001:
            bad.append(i)
        elif acc * n > acc0 * n0 + new + 0.00005 * (n + n0):
            bad.append(i)
        elif loss * n < loss0 * n0 - 0.00005 * (n + n0):
            bad.append(i)
        n0, loss0, acc0 = n, loss, acc
    return bad
