# cause: Both factors keep the random start of nn.Linear, so a new adapter changes the output at once.
# function: MultiLoRALinear

from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        for p in base.parameters():
            p.requires_grad = False
        self.adapters = nn.ModuleDict()
        self.scaling = {}
        self.current = None

    def add_adapter(self, name, r, alpha):
        if name in self.adapters:
            raise ValueError(f"adapter {name} exists already")
        w = self.base.weight
        down = nn.Linear(self.base.in_features, r, bias=False, dtype=w.dtype, device=w.device)
        up = nn.Linear(r, self.base.out_features, bias=False, dtype=w.dtype, device=w.device)
        self.adapters[name] = nn.Sequential(down, up)
        self.scaling[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.adapters:
            raise KeyError(name)
        self.current = name

    def forward(self, x):
        y = self.base(x)
        if self.current is not None:
            y = y + self.scaling[self.current] * self.adapters[self.current](x)
        return y
