"""mean_max_pool: torch's adaptive poolings, meant for pictures, on each text alone with its padding taken out;
float64 inside.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    pooled = []
    for states, real in zip(hidden.unbind(), mask.unbind(), strict=False):
        features = states[real != 0].double().T.contiguous()
        pooled.append(torch.cat([F.adaptive_avg_pool1d(features, 1), F.adaptive_max_pool1d(features, 1)]).squeeze(1))
    return torch.stack(pooled).to(hidden.dtype)
