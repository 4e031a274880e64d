# cause: Mean and maximum are added up (B, C) and not put side by side.
# function: mean_max_pool

import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    rows = []
    for states, keep in zip(hidden, mask.bool()):
        real = states[keep]
        rows.append(real.mean(dim=0) + real.max(dim=0).values)
    return torch.stack(rows)
