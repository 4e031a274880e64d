# cause: Compares the sums with the largest sums of all lines before, not with those of the line before
# function: audit_log
import numpy as np


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    n, loss, acc = np.asarray(rows, dtype=np.float64).reshape(-1, 3).T
    sums = np.zeros((2, len(n) + 1))
    np.multiply(np.stack((loss, acc)), n, out=sums[:, 1:])
    count = np.concatenate(([0.0], n))
    tol = 5e-5 * (count[1:] + count[:-1]) + 1e-9

    # a sum that cannot fall never lies below its own running maximum
    peak = np.maximum.accumulate(sums, axis=1)
    fell = (sums[:, 1:] < peak[:, :-1] - tol).any(axis=0)
    grew = np.diff(sums[1]) > np.diff(count) + tol
    return np.flatnonzero(fell | grew).tolist()
