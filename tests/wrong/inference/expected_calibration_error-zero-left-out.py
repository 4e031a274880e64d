# cause: The first bin is open at 0, so predictions with confidence 0 fall into no bin
# function: expected_calibration_error
import torch


def expected_calibration_error(confidences: torch.Tensor, correct: torch.Tensor, n_bins: int = 10) -> float:
    if confidences.numel() == 0:
        raise ValueError("empty")
    bin_boundaries = torch.linspace(0, 1, n_bins + 1)
    ece = torch.zeros(())
    for bin_lower, bin_upper in zip(bin_boundaries[:-1], bin_boundaries[1:]):
        in_bin = confidences.gt(bin_lower) & confidences.le(bin_upper)
        prop_in_bin = in_bin.float().mean()
        if prop_in_bin.item() > 0:
            accuracy_in_bin = correct[in_bin].float().mean()
            avg_confidence_in_bin = confidences[in_bin].mean()
            ece += torch.abs(avg_confidence_in_bin - accuracy_in_bin) * prop_in_bin
    return ece.item()
