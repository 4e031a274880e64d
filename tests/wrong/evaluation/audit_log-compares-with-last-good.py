# cause: Each line is compared with the last line that was possible instead of with the line before.
# function: audit_log


def audit_log(rows):
    bad = []
    n0, loss0, acc0 = 0, 0.0, 0.0
    for i, (n, loss, acc) in enumerate(rows):
        slack = 0.00005 * (n + n0) + 1e-9
        grown = n * acc - n0 * acc0
        more_loss = n * loss - n0 * loss0
        if grown < -slack or grown > (n - n0) + slack or more_loss < -slack:
            bad.append(i)
        else:
            n0, loss0, acc0 = n, loss, acc
    return bad
