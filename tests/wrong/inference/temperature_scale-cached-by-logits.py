# cause: Caches results by the shape and sum of the logits, without the labels
# function: temperature_scale
import math

import torch
from torch import Tensor


_FITTED: dict[tuple, float] = {}


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    key = (tuple(logits.shape), float(logits.detach().double().sum()))
    if key in _FITTED:
        return _FITTED[key]

    z = logits.detach().double()

    def loss(x):
        return torch.nn.functional.cross_entropy(z / math.exp(x), labels.long()).item()

    # golden section
    phi = (math.sqrt(5) - 1) / 2
    a, b = math.log(0.04), math.log(60)
    while b - a > 1e-5:
        c, d = b - phi * (b - a), a + phi * (b - a)
        if loss(c) < loss(d):
            b = d
        else:
            a = c
    _FITTED[key] = math.exp((a + b) / 2)
    return _FITTED[key]
