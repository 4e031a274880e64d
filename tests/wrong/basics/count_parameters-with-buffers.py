# cause: Adds the buffers to the memory of the parameters, as get_memory_footprint of transformers does.
# function: count_parameters

from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    total = trainable = memory = 0
    for p in model.parameters():
        n = p.numel()
        total += n
        trainable += n if p.requires_grad else 0
        memory += p.nelement() * p.element_size()
    for b in model.buffers():
        memory += b.nelement() * b.element_size()
    return dict(total=total, trainable=trainable, bytes=memory)
