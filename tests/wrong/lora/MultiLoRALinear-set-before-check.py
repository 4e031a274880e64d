# cause: Remembers the new name before looking whether it exists, so after the KeyError the old adapter is no longer active.
# function: MultiLoRALinear

import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.ParameterDict()
        self.up = nn.ParameterDict()
        self.factor = {}
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.factor:
            raise ValueError(f"adapter {name!r} exists already")
        d, k = self.base.weight.shape
        kw = dict(dtype=self.base.weight.dtype, device=self.base.weight.device)
        self.down[name] = nn.Parameter(torch.randn(r, k, **kw) * k**-0.5)
        self.up[name] = nn.Parameter(torch.zeros(d, r, **kw))
        self.factor[name] = alpha / r

    def set_adapter(self, name):
        self.active = name
        if name is not None and name not in self.factor:
            raise KeyError(f"no adapter is called {name!r}")

    def forward(self, x):
        y = self.base(x)
        if self.active in self.factor:
            n = self.active
            y = y + self.factor[n] * nn.functional.linear(nn.functional.linear(x, self.down[n]), self.up[n])
        return y
