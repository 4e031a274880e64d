# cause: Clamps the logits to -20..20 first, so T is too small for large logits
# function: temperature_scale
import math
import torch
from torch import Tensor


def _golden_section(function, low: float, high: float, tolerance: float = 1e-6) -> float:
    ratio = (math.sqrt(5.0) - 1.0) / 2.0
    a, b = low, high
    c, d = b - ratio * (b - a), a + ratio * (b - a)
    fc, fd = function(c), function(d)
    while b - a > tolerance:
        if fc < fd:
            b, d, fd = d, c, fc
            c = b - ratio * (b - a)
            fc = function(c)
        else:
            a, c, fc = c, d, fd
            d = a + ratio * (b - a)
            fd = function(d)
    return (a + b) / 2.0


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    # Extreme logits overflow in exp() and dominate the loss, so keep them in a safe range.
    safe_logits = torch.clamp(logits.detach().double(), min=-20.0, max=20.0)
    targets = labels.detach().long().to(safe_logits.device)

    def negative_log_likelihood(log_t: float) -> float:
        scaled = safe_logits / math.exp(log_t)
        return torch.nn.functional.cross_entropy(scaled, targets).item()

    best = _golden_section(negative_log_likelihood, math.log(0.05), math.log(50.0))
    return math.exp(best)
