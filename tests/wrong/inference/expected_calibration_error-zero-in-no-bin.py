# cause: Every bin is open below and closed above, as in the code of Guo et al., so a confidence of exactly 0 is in no bin and does not count.
# function: expected_calibration_error

import torch


def expected_calibration_error(confidences, correct, n_bins=10):
    if confidences.numel() == 0:
        raise ValueError("no predictions")
    accuracies = correct.float()
    boundaries = torch.linspace(0, 1, n_bins + 1)
    ece = torch.zeros(())
    for lower, upper in zip(boundaries[:-1], boundaries[1:]):
        in_bin = confidences.gt(lower.item()) & confidences.le(upper.item())
        prop = in_bin.float().mean()
        if prop.item() > 0:
            gap = torch.abs(confidences[in_bin].mean() - accuracies[in_bin].mean())
            ece = ece + gap * prop
    return ece.item()
