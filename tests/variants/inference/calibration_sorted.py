"""expected_calibration_error in plain Python, over the predictions sorted by confidence."""

from itertools import groupby
from math import ceil


def expected_calibration_error(confidences, correct, n_bins=10):
    pairs = sorted(zip(confidences.tolist(), correct.tolist(), strict=True))
    if not pairs:
        raise ValueError("no pairs")
    total = 0
    for _, members in groupby(pairs, key=lambda pair: max(ceil(pair[0] * n_bins), 1)):
        members = list(members)
        mean = sum(p for p, _ in members) / len(members)
        share = sum(hit for _, hit in members) / len(members)
        total += abs(mean - share) * (len(members) / len(pairs))
    return total
