"""Each adapter is a LoRALinear around the one shared base; choosing an adapter means choosing who answers."""

from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        base.requires_grad_(False)
        self.layers = nn.ModuleDict()
        self.base = base
        self.who = base

    def add_adapter(self, name, r, alpha):
        if name in self.layers:
            raise ValueError(f"{name!r} is taken")
        self.layers[name] = LoRALinear(self.base, r, alpha)  # noqa: F821

    def set_adapter(self, name):
        self.who = self.base if name is None else self.layers[name]

    def forward(self, x):
        return self.who(x)
