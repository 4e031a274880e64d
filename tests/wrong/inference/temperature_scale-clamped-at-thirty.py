# cause: Logits are clamped to -30 and 30, so T is wrong for larger ones.
# function: temperature_scale

import math
import torch
from torch import Tensor

def _check(condition, message):
    if not condition:
        raise ValueError(message)


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    _check(logits.dim() == 2 and labels.shape == logits.shape[:1], "expected (N, C) and (N,)")
    _check(len(logits) > 0, "there are no texts")
    _check(bool(torch.isfinite(logits).all()), "logits must be finite")
    # exp() of more than this leaves the range of float32
    safe = logits.detach().to(torch.float64).clamp(min=-30.0, max=30.0)
    target = labels.detach().to(torch.long)

    def cross_entropy(temperature):
        log_probabilities = torch.log_softmax(safe / temperature, dim=1)
        return -float(log_probabilities.gather(1, target.unsqueeze(1)).mean())

    low, high = 0.05, 50.0
    best = 1.0
    for _ in range(6):
        ratio = (high / low) ** (1 / 30)
        candidates = [low * ratio**k for k in range(31)]
        best = min(candidates, key=cross_entropy)
        low, high = max(0.05, best / ratio), min(50.0, best * ratio)
    assert math.isfinite(best)
    return best
