# cause: Walks over the modules and adds up each one's own parameters, so a tensor shared by two modules counts twice.
# function: count_parameters

from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    counts = {"total": 0, "trainable": 0, "bytes": 0}
    for module in model.modules():
        for p in module.parameters(recurse=False):
            counts["total"] += p.numel()
            counts["bytes"] += p.numel() * p.element_size()
            if p.requires_grad:
                counts["trainable"] += p.numel()
    return counts
