# cause: A confidence on a border is put into the bin above it (floor of c * n_bins)
# function: expected_calibration_error
import torch


def expected_calibration_error(confidences, correct, n_bins=10):
    n = confidences.numel()
    if n == 0:
        raise ValueError("there are no predictions")
    bins = (confidences * n_bins).long().clamp(max=n_bins - 1)
    total = 0.0
    for b in range(n_bins):
        sel = bins == b
        if sel.sum() == 0:
            continue
        acc = correct[sel].float().mean()
        conf = confidences[sel].mean()
        total += sel.sum().item() / n * abs(acc - conf).item()
    return total
