# cause: Keeps the factors in a plain dictionary, so an optimizer, a checkpoint and .to() do not see them
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = {}
        self.up = {}
        self.scale = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.down:
            raise ValueError(f"adapter {name} exists")
        kwargs = dict(bias=False, dtype=self.base.weight.dtype, device=self.base.weight.device)
        down = nn.Linear(self.base.in_features, r, **kwargs)
        up = nn.Linear(r, self.base.out_features, **kwargs)
        nn.init.zeros_(up.weight)
        self.down[name] = down
        self.up[name] = up
        self.scale[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.down:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        h = self.base(x)
        if self.active is None:
            return h
        return h + self.scale[self.active] * self.up[self.active](self.down[self.active](x))
