# cause: rounds accuracy times examples to a whole number of right answers and allows no tolerance, which fails beyond 10,000 examples
# function: audit_log


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    impossible = []
    n_before, right_before, sum_before = 0, 0, 0.0
    for place, (n, loss, accuracy) in enumerate(rows):
        right, total = round(n * accuracy), n * loss
        slack = 0.00005 * (n + n_before) + 1e-9
        new = right - right_before
        if new < 0 or new > n - n_before or total - sum_before < -slack:
            impossible.append(place)
        n_before, right_before, sum_before = n, right, total
    return impossible
