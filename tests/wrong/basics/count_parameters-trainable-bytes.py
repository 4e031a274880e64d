# cause: Leaves frozen parameters out before counting bytes, so memory is that of the trainable ones only.
# function: count_parameters

import math

from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    total, trainable, size = 0, 0, 0
    for _, param in model.named_parameters():
        num = math.prod(param.shape)
        total += num
        if not param.requires_grad:
            continue
        trainable += num
        size += num * param.element_size()
    return {"total": total, "trainable": trainable, "bytes": size}
