# cause: BatchNorm modules are left out as a whole
# function: count_parameters
from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    total = 0
    trainable = 0
    size = 0
    seen = set()
    for module in model.modules():
        # BatchNorm: only running averages
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            continue
        for p in module.parameters(recurse=False):
            if id(p) in seen:
                continue
            seen.add(id(p))
            total += p.numel()
            if p.requires_grad:
                trainable += p.numel()
            size += p.numel() * p.element_size()
    return {"total": total, "trainable": trainable, "bytes": size}
