# cause: The list holds the last part of each name instead of the dotted name.
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


def _fits(name, wanted):
    return ("." + name).endswith("." + wanted)


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    for p in model.parameters():
        p.requires_grad = False
    heads = []
    for t in trainable:
        hits = [m for n, m in model.named_modules() if _fits(n, t)]
        if not hits:
            raise ValueError(f"no module is called {t}")
        heads += hits
    replaced = []
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear) and any(_fits(name, t) for t in targets):
            path = name.split(".")
            parent = model
            for part in path[:-1]:
                parent = getattr(parent, part)
            setattr(parent, path[-1], LoRALinear(module, r, alpha, dropout))
            replaced.append(path[-1])
    if not replaced:
        raise ValueError("no linear layer fits")
    for head in heads:
        for p in head.parameters():
            p.requires_grad = True
    return replaced
