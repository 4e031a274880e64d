"""expected_calibration_error puts confidences into bins with torch.bucketize and sums with index_add; a tensor."""

import torch


def expected_calibration_error(confidences, correct, n_bins=10):
    if confidences.numel() == 0:
        raise ValueError("empty")
    borders = torch.linspace(0, 1, n_bins + 1, dtype=torch.float64)[1:-1]
    places = torch.bucketize(confidences.double(), borders)
    gaps = torch.zeros(n_bins, dtype=torch.float64).index_add(0, places, confidences.double() - correct.double())
    return gaps.abs().sum() / confidences.numel()
