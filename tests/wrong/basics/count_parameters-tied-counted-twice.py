# cause: Parameters are collected under every name they have (remove_duplicate=False), so a shared tensor counts as often as it is used.
# function: count_parameters

from torch import nn


def count_parameters(model: nn.Module) -> dict[str, int]:
    counts = {"total": 0, "trainable": 0, "bytes": 0}
    for _, parameter in model.named_parameters(remove_duplicate=False):
        counts["total"] += parameter.numel()
        counts["trainable"] += parameter.numel() * parameter.requires_grad
        counts["bytes"] += parameter.numel() * parameter.element_size()
    return counts
