# cause: A layer that fits two targets is wrapped and reported once for each of them.
# function: inject_lora

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"r must be at least 1, got {r}")
        self.base = base
        for p in self.base.parameters():
            p.requires_grad = False
        d, k = base.weight.shape
        self.A = nn.Parameter(base.weight.new_empty(r, k))
        self.B = nn.Parameter(base.weight.new_zeros(d, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.merged = False
        self.saved = None

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.merged:
            return out
        return out + self.scale * F.linear(F.linear(self.dropout(x), self.A), self.B)

    def delta_weight(self) -> Tensor:
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        self.saved = self.base.weight.clone()
        self.base.weight += self.delta_weight()
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.copy_(self.saved)
        self.saved = None
        self.merged = False


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    def called(wanted):
        return [(n, m) for n, m in model.named_modules() if n == wanted or n.endswith("." + wanted)]

    jobs = []
    for target in targets:
        jobs += [(n, m) for n, m in called(target) if isinstance(m, nn.Linear)]
    if len(jobs) == 0:
        raise ValueError("nothing to adapt")
    heads = [called(name) for name in trainable]
    if not all(heads):
        raise ValueError("unknown name in trainable")
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    names = []
    for name, linear in jobs:
        *path, last = name.split(".")
        setattr(model.get_submodule(".".join(path)), last, LoRALinear(linear, r, alpha, dropout))
        names.append(name)
    for group in heads:
        for _, module in group:
            module.requires_grad_(True)
    return names
