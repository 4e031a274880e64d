# cause: The memory includes the buffers, as a library's "memory footprint" does, though buffers are not parameters.
# function: count_parameters
from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    parameters = list(model.parameters())
    stored = [*parameters, *model.buffers()]
    return {
        "total": sum(p.numel() for p in parameters),
        "trainable": sum(p.numel() for p in parameters if p.requires_grad),
        "bytes": sum(t.numel() * t.element_size() for t in stored),
    }
