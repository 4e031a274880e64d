# cause: axes of size 1 are not counted, so that vectors kept as matrices are spared; the weight of a layer with one output is spared with them
# function: decay_groups
from typing import Any

from torch import nn


def true_rank(shape) -> int:
    """The number of axes along which a tensor really extends."""
    return sum(size > 1 for size in shape)


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    """Groups by the true rank."""
    # works for kernels of any rank, and for vectors stored with extra axes
    split = {True: [], False: []}
    for p in model.parameters():
        if p.requires_grad:
            split[true_rank(p.shape) >= 2].append(p)
    return [
        {"params": split[True], "weight_decay": weight_decay},
        {"params": split[False], "weight_decay": 0.0},
    ]
