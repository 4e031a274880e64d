"""mixup: gathers each example and its partner into one tensor of pairs, and contracts the pairs with two weights."""

import torch
from torch import Tensor


def mixup(x: Tensor, y: Tensor, lam: float, perm: Tensor) -> tuple[Tensor, Tensor]:
    if not torch.is_floating_point(x):
        raise TypeError(f"mixup needs floating point features, not {x.dtype}")
    itself = torch.arange(len(x), device=perm.device)
    couples = torch.stack([itself, perm.long()], dim=1)

    def mix(values: Tensor) -> Tensor:
        values = values.to(torch.result_type(values, 1.0))
        weights = values.new_tensor([lam, 1.0 - lam])
        return torch.einsum("bk...,k->b...", values[couples], weights)

    return mix(x), mix(y)
