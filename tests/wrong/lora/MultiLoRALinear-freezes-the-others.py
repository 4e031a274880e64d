# cause: set_adapter freezes the factors of all other adapters, which were to stay trainable.
# function: MultiLoRALinear
import torch
from torch import nn


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base
        self.base.requires_grad_(False)
        self.lora_A = nn.ParameterDict({})
        self.lora_B = nn.ParameterDict({})
        self.scaling = {}
        self.active_adapter = None

    def add_adapter(self, name, r, alpha):
        if name in self.lora_A:
            raise ValueError(f"{name!r} is taken")
        self.lora_A[name] = nn.Parameter(self.base.weight.new_empty(r, self.base.in_features))
        self.lora_B[name] = nn.Parameter(self.base.weight.new_zeros(self.base.out_features, r))
        nn.init.kaiming_uniform_(self.lora_A[name], a=5**0.5)
        self.scaling[name] = alpha / r

    def set_adapter(self, name):
        if name is not None and name not in self.lora_A:
            raise KeyError(name)
        for key in self.lora_A:
            self.lora_A[key].requires_grad_(key == name)
            self.lora_B[key].requires_grad_(key == name)
        self.active_adapter = name

    def forward(self, x):
        result = self.base(x)
        if self.active_adapter:
            a, b = self.lora_A[self.active_adapter], self.lora_B[self.active_adapter]
            result = result + (x @ a.T @ b.T) * self.scaling[self.active_adapter]
        return result
