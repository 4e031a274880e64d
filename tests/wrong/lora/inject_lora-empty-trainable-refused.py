# cause: An empty trainable is taken for a head that was not found, and raises ValueError.
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
    def fits(name, wanted):
        return name == wanted or name.endswith("." + wanted)

    modules = list(model.named_modules())
    heads = []
    for t in trainable:
        hits = [m for n, m in modules if fits(n, t)]
        if not hits:
            raise ValueError(f"{t} not found")
        heads.extend(hits)
    if not heads:
        raise ValueError("no head to train")
    layers = [(n, m) for n, m in modules if isinstance(m, nn.Linear) and any(fits(n, t) for t in targets)]
    if not layers:
        raise ValueError("no layer to adapt")
    for p in model.parameters():
        p.requires_grad = False
    for n, m in layers:
        setattr(model.get_submodule(".".join(n.split(".")[:-1])), n.split(".")[-1], LoRALinear(m, r, alpha, dropout))
    for m in heads:
        for p in m.parameters():
            p.requires_grad = True
    return [n for n, _ in layers]
