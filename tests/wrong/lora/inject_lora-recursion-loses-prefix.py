# cause: The recursion over children compares and returns the child's own name without the path to it.
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


def _replace(module, targets, r, alpha, dropout):
    names = []
    for name, child in module.named_children():
        if isinstance(child, nn.Linear) and any(name == t or name.endswith("." + t) for t in targets):
            setattr(module, name, LoRALinear(child, r, alpha, dropout))
            names.append(name)
        else:
            names.extend(_replace(child, targets, r, alpha, dropout))
    return names


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    head_modules = []
    for t in trainable:
        hits = [m for n, m in model.named_modules() if n == t or n.endswith("." + t)]
        if not hits:
            raise ValueError(t)
        head_modules.extend(hits)
    model.requires_grad_(False)
    names = _replace(model, targets, r, alpha, dropout)
    if not names:
        raise ValueError("no layer fits")
    for m in head_modules:
        m.requires_grad_(True)
    return names
