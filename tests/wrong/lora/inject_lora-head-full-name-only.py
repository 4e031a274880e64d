# cause: A name in trainable must be the complete dotted name; a head inside another module is not found and raises.
# function: inject_lora

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


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    model.requires_grad_(False)
    modules = dict(model.named_modules())
    for name in trainable:
        if name not in modules:
            raise ValueError(f"no module {name!r}")
    done = []
    for name, module in modules.items():
        if not isinstance(module, nn.Linear):
            continue
        if not any(name == t or name.endswith(f".{t}") for t in targets):
            continue
        holder, _, leaf = name.rpartition(".")
        setattr(modules[holder], leaf, LoRALinear(module, r=r, alpha=alpha, dropout=dropout))
        done.append(name)
    if not done:
        raise ValueError("no target found")
    for name in trainable:
        modules[name].requires_grad_(True)
    return done
