"""Linear interpolation of torch, from the partner towards the example; a list comes back."""

import torch


def mixup(x: torch.Tensor, y: torch.Tensor, lam: float, perm: torch.Tensor):
    assert x.is_floating_point(), "embed the tokens first"
    soft = y.to(torch.get_default_dtype())
    return [torch.lerp(x.index_select(0, perm), x, lam), torch.lerp(soft[perm], soft, lam)]
