# cause: Set_adapter freezes the adapters that are not active, as PEFT does.
# function: MultiLoRALinear

import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.lora_A = nn.ModuleDict()
        self.lora_B = nn.ModuleDict()
        self.scaling = {}
        self.active_adapter = None

    def add_adapter(self, name, r, alpha):
        if name in self.scaling:
            raise ValueError(f"{name!r} is taken")
        spec = dict(bias=False, dtype=self.base.weight.dtype, device=self.base.weight.device)
        self.lora_A[name] = nn.Linear(self.base.in_features, r, **spec)
        self.lora_B[name] = nn.Linear(r, self.base.out_features, **spec)
        nn.init.zeros_(self.lora_B[name].weight)
        self.scaling[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.scaling:
            raise KeyError(name)
        for key in self.scaling:
            self.lora_A[key].requires_grad_(key == name)
            self.lora_B[key].requires_grad_(key == name)
        self.active_adapter = name

    def forward(self, x):
        result = self.base(x)
        name = self.active_adapter
        if name is not None:
            result = result + self.lora_B[name](self.lora_A[name](x)) * self.scaling[name]
        return result
