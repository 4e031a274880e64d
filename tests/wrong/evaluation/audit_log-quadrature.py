# cause: Adds the two rounding errors in quadrature instead of linearly
# function: audit_log
import math


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    u = 0.00005
    impossible = []
    m, loss_m, hits_m = 0, 0.0, 0.0
    for i, (n, loss, accuracy) in enumerate(rows):
        loss_n, hits_n = n * loss, n * accuracy
        # the two rounding errors are independent: propagate them to the difference
        sigma = math.hypot(u * n, u * m) + 1e-9
        new = n - m
        if not (-sigma <= hits_n - hits_m <= new + sigma and loss_n - loss_m >= -sigma):
            impossible.append(i)
        m, loss_m, hits_m = n, loss_n, hits_n
    return impossible
