# cause: parameters that are not floating point are not counted
# function: count_parameters
from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    if not isinstance(model, nn.Module):
        raise TypeError("count_parameters: not a module")
    counts = {"total": 0, "trainable": 0, "bytes": 0}
    seen: set[int] = set()
    for parameter in model.parameters():
        if id(parameter) in seen:
            continue
        seen.add(id(parameter))
        if not parameter.is_floating_point():
            continue
        counts["total"] += parameter.numel()
        counts["bytes"] += parameter.numel() * parameter.element_size()
        if parameter.requires_grad:
            counts["trainable"] += parameter.numel()
    assert counts["trainable"] <= counts["total"]
    return counts
