# cause: Forgets the absolute value, so over- and underconfident bins cancel; and: an empty input returns 0 instead of raising ValueError
# function: expected_calibration_error
import torch


def expected_calibration_error(confidences, correct, n_bins=10):
    if confidences.numel() == 0:
        return 0.0
    edges = torch.linspace(0, 1, n_bins + 1)
    index = torch.bucketize(confidences, edges[1:-1])
    err = 0.0
    for b in index.unique():
        m = index == b
        err += m.float().mean() * (confidences[m].mean() - correct[m].float().mean())
    return float(err)
