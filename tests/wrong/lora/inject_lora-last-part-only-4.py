# cause: Only the last part of a name is compared, so a target with dots never fits.
# function: inject_lora

import math

import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        self.B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.saved = None

    def forward(self, x):
        out = self.base(x)
        if self.saved is None:
            out = out + self.dropout(x) @ self.A.T @ self.B.T * self.scale
        return out

    def delta_weight(self):
        return self.B @ self.A * self.scale

    @torch.no_grad()
    def merge(self):
        if self.saved is None:
            self.saved = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.saved is not None:
            self.base.weight.copy_(self.saved)
            self.saved = None


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    layers = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and name.split(".")[-1] in targets
    ]
    if len(layers) == 0:
        raise ValueError(f"no linear layer matches {list(targets)}")

    to_train = []
    for wanted in trainable:
        matching = [m for n, m in model.named_modules() if ("." + n).endswith("." + wanted)]
        if len(matching) == 0:
            raise ValueError(f"no module matches {wanted}")
        to_train.extend(matching)

    for parameter in model.parameters():
        parameter.requires_grad = False
    for name in layers:
        *path, attribute = name.split(".")
        parent = model
        for part in path:
            parent = parent._modules[part]
        parent._modules[attribute] = LoRALinear(parent._modules[attribute], r, alpha, dropout)
    for module in to_train:
        for parameter in module.parameters():
            parameter.requires_grad = True
    return layers
