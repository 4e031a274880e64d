# cause: Unfreezes every parameter whose name contains the word "classifier", so pre_classifier is trained too.
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
    layers = {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and any(name == t or name.endswith(f".{t}") for t in targets)
    }
    if not layers:
        raise ValueError("no layer to adapt")
    all_names = [name for name, _ in model.named_modules()]
    for t in trainable:
        if not any(name == t or name.endswith(f".{t}") for name in all_names):
            raise ValueError(f"{t} does not exist")
    for name, param in model.named_parameters():
        param.requires_grad = any(t in name for t in trainable)
    for name, module in layers.items():
        prefix, _, last = name.rpartition(".")
        setattr(model.get_submodule(prefix), last, LoRALinear(module, r, alpha, dropout))
    return list(layers)
