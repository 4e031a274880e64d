# cause: Builds a new linear layer of the same size for each LoRALinear, so the pre-trained weights are lost.
# function: inject_lora

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        w = base.weight
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=w.dtype, device=w.device) * 0.02)
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=w.dtype, device=w.device))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        y = self.base(x)
        if self.saved is None:
            y = y + self.scale * (self.dropout(x) @ self.A.T @ self.B.T)
        return y

    def delta_weight(self):
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self):
        if self.saved is None:
            self.saved = self.base.weight.clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.saved is not None:
            self.base.weight.copy_(self.saved)
            self.saved = None


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    def is_called(name, wanted):
        return any(name == w or name.endswith("." + w) for w in wanted)

    modules = dict(model.named_modules())
    targets_found = [n for n, m in modules.items() if isinstance(m, nn.Linear) and is_called(n, targets)]
    if not targets_found:
        raise ValueError("no linear layer with such a name")
    missing = [t for t in trainable if not any(is_called(n, [t]) for n in modules)]
    if missing:
        raise ValueError(f"no such module: {missing}")
    for p in model.parameters():
        p.requires_grad = False
    for n in targets_found:
        old = modules[n]
        new = nn.Linear(old.in_features, old.out_features, bias=old.bias is not None).to(old.weight)
        parent, _, leaf = n.rpartition(".")
        setattr(modules[parent], leaf, LoRALinear(new, r, alpha, dropout))
    for n, m in modules.items():
        if is_called(n, trainable):
            m.requires_grad_(True)
    return targets_found
