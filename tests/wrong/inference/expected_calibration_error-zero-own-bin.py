# cause: A confidence of exactly 0 gets a bin of its own
# function: expected_calibration_error
import torch
from torch import Tensor


def _binning_bucketize(confidences, accuracies, bin_boundaries):
    accuracies = accuracies.to(dtype=confidences.dtype)
    acc_bin = torch.zeros(len(bin_boundaries), device=confidences.device, dtype=confidences.dtype)
    conf_bin = torch.zeros(len(bin_boundaries), device=confidences.device, dtype=confidences.dtype)
    count_bin = torch.zeros(len(bin_boundaries), device=confidences.device, dtype=confidences.dtype)

    indices = torch.bucketize(confidences, bin_boundaries)

    count_bin.scatter_add_(dim=0, index=indices, src=torch.ones_like(confidences))
    conf_bin.scatter_add_(dim=0, index=indices, src=confidences)
    conf_bin = torch.nan_to_num(conf_bin / count_bin)
    acc_bin.scatter_add_(dim=0, index=indices, src=accuracies)
    acc_bin = torch.nan_to_num(acc_bin / count_bin)
    prop_bin = count_bin / count_bin.sum()
    return acc_bin, conf_bin, prop_bin


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    if len(confidences) == 0:
        raise ValueError("no predictions")
    bin_boundaries = (torch.arange(n_bins + 1, dtype=torch.float64) / n_bins).to(confidences)
    # float32 values that lie on a boundary must stay on it
    bin_boundaries, confidences = bin_boundaries.double(), confidences.detach().double()
    acc_bin, conf_bin, prop_bin = _binning_bucketize(confidences, correct, bin_boundaries)
    return torch.sum(torch.abs(acc_bin - conf_bin) * prop_bin).item()
