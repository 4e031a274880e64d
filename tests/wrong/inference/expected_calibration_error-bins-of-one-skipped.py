# cause: Bins with a single prediction are skipped.
# function: expected_calibration_error

import torch
from torch import Tensor

def _check(condition, message):
    if not condition:
        raise ValueError(message)


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    confidences, correct = torch.as_tensor(confidences), torch.as_tensor(correct)
    _check(confidences.numel() > 0, "there are no predictions")
    _check(confidences.shape == correct.shape, "confidences and correct differ in shape")
    _check(bool(((confidences >= 0) & (confidences <= 1)).all()), "a confidence is not between 0 and 1")
    _check(n_bins >= 1, "n_bins must be at least 1")
    error = 0.0
    for number in range(n_bins):
        lower, upper = number / n_bins, (number + 1) / n_bins
        members = (confidences > lower) & (confidences <= upper)
        if number == 0:
            members = members | (confidences == 0)
        count = int(members.sum())
        # one prediction has no accuracy
        if count < 2:
            continue
        confidence = float(confidences[members].to(torch.float64).mean())
        accuracy = float(correct[members].to(torch.float64).mean())
        error += abs(confidence - accuracy) * count / confidences.numel()
    return min(max(error, 0.0), 1.0)
