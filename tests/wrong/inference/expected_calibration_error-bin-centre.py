# cause: The accuracy of a bin is compared with the centre of the bin instead of with the mean confidence of its predictions.
# function: expected_calibration_error

import math


def expected_calibration_error(confidences, correct, n_bins=10):
    conf = [float(c) for c in confidences]
    hit = [float(c) for c in correct]
    if not conf:
        raise ValueError("there are no predictions")
    bins = [[] for _ in range(n_bins)]
    for c, h in zip(conf, hit):
        b = max(math.ceil(c * n_bins - 1e-6) - 1, 0)
        bins[b].append(h)
    total = 0.0
    for b, members in enumerate(bins):
        if members:
            centre = (b + 0.5) / n_bins
            total += len(members) / len(conf) * abs(centre - sum(members) / len(members))
    return total
