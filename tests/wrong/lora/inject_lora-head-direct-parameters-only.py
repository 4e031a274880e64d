# cause: Only parameters that hang directly on the head module are set free; the layers inside it stay frozen.
# function: inject_lora

import torch
from torch import nn


class LoRALinear(nn.Module):
    """W x + b stays; two thin linear layers learn beside it."""

    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("rank too small")
        self.base = base
        self.base.requires_grad_(False)
        options = dict(device=base.weight.device, dtype=base.weight.dtype)
        self.lora_down = nn.Linear(base.in_features, r, bias=False, **options)
        self.lora_up = nn.Linear(r, base.out_features, bias=False, **options)
        nn.init.normal_(self.lora_down.weight, std=1 / r)
        nn.init.zeros_(self.lora_up.weight)
        self.scaling = alpha / r
        self.drop = nn.Dropout(dropout)
        self.original = None

    def forward(self, x):
        result = self.base(x)
        if self.original is None:
            result = result + self.lora_up(self.lora_down(self.drop(x))) * self.scaling
        return result

    def delta_weight(self):
        return self.lora_up.weight @ self.lora_down.weight * self.scaling

    @torch.no_grad()
    def merge(self):
        if self.original is not None:
            return
        self.original = self.base.weight.detach().clone()
        self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self):
        if self.original is None:
            return
        self.base.weight.copy_(self.original)
        self.original = None


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    is_called = lambda name, wanted: ("." + name).endswith("." + wanted)  # noqa: E731
    modules = dict(model.named_modules())
    linears = {n: m for n, m in modules.items() if isinstance(m, nn.Linear) and any(is_called(n, t) for t in targets)}
    if not linears:
        raise ValueError("no linear layer")
    heads = {n: m for n, m in modules.items() if any(is_called(n, t) for t in trainable)}
    for t in trainable:
        if not any(is_called(n, t) for n in heads):
            raise ValueError(t)
    for p in model.parameters():
        p.requires_grad = False
    for n, m in linears.items():
        up, _, own = n.rpartition(".")
        setattr(modules[up], own, LoRALinear(m, r, alpha, dropout))
    for m in heads.values():
        for p in m.parameters(recurse=False):
            p.requires_grad = True
    return list(linears)
