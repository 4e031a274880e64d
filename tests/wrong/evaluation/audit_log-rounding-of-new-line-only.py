# cause: It allows for the rounding of the new line only and takes the averages of the line before for exact.
# function: audit_log


def audit_log(rows):
    result = []
    for i in range(len(rows)):
        n, loss, acc = rows[i]
        prev_n, prev_loss, prev_acc = rows[i - 1] if i > 0 else (0, 0.0, 0.0)
        eps = 0.00005 * n + 1e-9
        prev_right, prev_total = prev_n * prev_acc, prev_n * prev_loss
        most_right, least_right = n * acc + eps, n * acc - eps
        if most_right < prev_right:
            result.append(i)
        elif least_right - prev_right > n - prev_n:
            result.append(i)
        elif n * loss + eps < prev_total:
            result.append(i)
    return result
