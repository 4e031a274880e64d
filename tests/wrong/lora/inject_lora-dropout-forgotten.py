# cause: The dropout argument is not passed on to the layers.
# function: inject_lora

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r <= 0:
            raise ValueError("r has to be positive")
        d, k = base.out_features, base.in_features
        weight = base.weight
        self.base = base
        weight.requires_grad_(False)
        if base.bias is not None:
            base.bias.requires_grad_(False)
        # stored transposed: x @ down @ up
        self.down = nn.Parameter(torch.randn(k, r, dtype=weight.dtype, device=weight.device) / k**0.5)
        self.up = nn.Parameter(torch.zeros(r, d, dtype=weight.dtype, device=weight.device))
        self.alpha, self.r = alpha, r
        self.p = dropout
        self.is_merged = False

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if not self.is_merged:
            z = torch.dropout(x, self.p, self.training)
            y = y + (z @ self.down @ self.up) * (self.alpha / self.r)
        return y

    def delta_weight(self) -> Tensor:
        return (self.down @ self.up).T * (self.alpha / self.r)

    @torch.no_grad()
    def merge(self) -> None:
        if not self.is_merged:
            self.before = self.base.weight.data.clone()
            self.base.weight.data += self.delta_weight()
            self.is_merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.is_merged:
            self.base.weight.data.copy_(self.before)
            self.is_merged = False


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    def fits(name: str, wanted: str) -> bool:
        return name == wanted or name.endswith("." + wanted)

    modules = dict(model.named_modules())
    found = [n for n, m in modules.items() if isinstance(m, nn.Linear) and any(fits(n, t) for t in targets)]
    if not found:
        raise ValueError("no target fits")
    for t in trainable:
        if not any(fits(n, t) for n in modules):
            raise ValueError(t)
    model.requires_grad_(False)
    for n in found:
        parent, _, child = n.rpartition(".")
        setattr(model.get_submodule(parent), child, LoRALinear(modules[n], r, alpha))
    for n, m in modules.items():
        if any(fits(n, t) for t in trainable):
            m.requires_grad_(True)
    return found
