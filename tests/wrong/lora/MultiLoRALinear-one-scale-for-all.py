# cause: The scale belongs to the layer and is overwritten by each new adapter, instead of belonging to the adapter.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.As = nn.ParameterDict()
        self.Bs = nn.ParameterDict()
        self.scaling = 1.0
        self.active = None

    def add_adapter(self, name, r, alpha):
        if name in self.As:
            raise ValueError("adapter already there")
        d, k = self.base.out_features, self.base.in_features
        dt, dev = self.base.weight.dtype, self.base.weight.device
        self.As[name] = nn.Parameter(torch.randn(r, k, dtype=dt, device=dev) / k**0.5)
        self.Bs[name] = nn.Parameter(torch.zeros(d, r, dtype=dt, device=dev))
        self.scaling = alpha / r

    def set_adapter(self, name):
        if name is None or name in self.As:
            self.active = name
        else:
            raise KeyError(name)

    def forward(self, x):
        y = self.base(x)
        if self.active is not None:
            y = y + self.scaling * nn.functional.linear(
                nn.functional.linear(x, self.As[self.active]), self.Bs[self.active]
            )
        return y
