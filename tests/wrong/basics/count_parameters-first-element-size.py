# cause: The memory is all numbers times the element size of the first parameter, as if a model had one dtype.
# function: count_parameters
from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    parameters = list(model.parameters())
    total = sum(p.numel() for p in parameters)
    trainable = sum(p.numel() for p in parameters if p.requires_grad)
    size = parameters[0].element_size() if parameters else 0
    return {"total": total, "trainable": trainable, "bytes": total * size}
