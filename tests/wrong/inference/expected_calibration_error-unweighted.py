# cause: Takes the plain mean over the bins, without weights by their number of predictions
# function: expected_calibration_error
import torch


def expected_calibration_error(confidences, correct, n_bins=10):
    if len(confidences) == 0:
        raise ValueError("no predictions")
    correct = correct.float()
    edges = torch.linspace(0, 1, n_bins + 1)
    gaps = []
    for b in range(n_bins):
        low, high = edges[b], edges[b + 1]
        inside = (confidences > low) & (confidences <= high)
        if b == 0:
            inside |= confidences == 0
        if inside.any():
            gaps.append((confidences[inside].mean() - correct[inside].mean()).abs())
    return float(torch.stack(gaps).mean())
