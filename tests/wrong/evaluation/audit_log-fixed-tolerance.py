# cause: Forgives a fixed 0.0001 between two sums instead of 0.00005 for every example of both, so mere rounding is reported
# function: audit_log
def audit_log(rows):
    tol = 1e-4
    out = []
    prev = (0, 0.0, 0.0)
    for place, row in enumerate(rows):
        n, loss, acc = row
        d_right = acc * n - prev[2] * prev[0]
        d_loss = loss * n - prev[1] * prev[0]
        if d_right < -tol or d_right > n - prev[0] + tol or d_loss < -tol:
            out.append(place)
        prev = row
    return out
