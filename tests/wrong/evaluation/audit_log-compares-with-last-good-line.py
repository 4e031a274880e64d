# cause: an impossible line is skipped as a reference, so that the next line is compared with the last possible one and not with the line before
# function: audit_log


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    impossible = []
    seen, loss_sum, right = 0, 0.0, 0.0
    for i, (n, loss, accuracy) in enumerate(rows):
        slack = 0.00005 * (n + seen) + 1e-9
        gained = accuracy * n - right
        if gained < -slack or gained > n - seen + slack or loss * n - loss_sum < -slack:
            impossible.append(i)
            continue  # not to be trusted
        seen, loss_sum, right = n, loss * n, accuracy * n
    return impossible
