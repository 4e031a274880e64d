# cause: every character that is not a letter, digit or underscore is replaced by an underscore in adapter names, so two different names such as 'en-us' and 'en_us' collide: add_adapter raises ValueError although the name is not taken, and set_adapter accepts a name that no adapter has
# function: MultiLoRALinear
from __future__ import annotations

import math
import re

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _freeze(module: nn.Module) -> nn.Module:
    """Disable gradient updates for every parameter of ``module``."""
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    return module


def _init_factors(base: nn.Linear, r: int) -> tuple[nn.Parameter, nn.Parameter]:
    """Create a (random, zero) pair of low-rank factors that match the base layer."""
    options = {"dtype": base.weight.dtype, "device": base.weight.device}
    lora_A = nn.Parameter(torch.empty(r, base.in_features, **options))
    lora_B = nn.Parameter(torch.zeros(base.out_features, r, **options))
    nn.init.kaiming_uniform_(lora_A, a=math.sqrt(5))
    return lora_A, lora_B


class MultiLoRALinear(nn.Module):
    """A frozen linear layer with several named LoRA adapters."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = _freeze(base)
        self.lora_A = nn.ParameterDict()
        self.lora_B = nn.ParameterDict()
        self.scaling: dict[str, float] = {}
        self.active_adapter: str | None = None

    @staticmethod
    def _key(name: str) -> str:
        """Module names must not contain dots and the like, so turn the name into an identifier."""
        return "adapter_" + re.sub(r"\W", "_", name)

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        key = self._key(name)
        if key in self.scaling:
            raise ValueError(f"Adapter {name!r} already exists")
        self.lora_A[key], self.lora_B[key] = _init_factors(self.base, r)
        self.scaling[key] = alpha / r

    def set_adapter(self, name: str | None) -> None:
        if name is None:
            self.active_adapter = None
            return
        key = self._key(name)
        if key not in self.scaling:
            raise KeyError(f"Unknown adapter {name!r}")
        self.active_adapter = key

    def forward(self, x: Tensor) -> Tensor:
        result = self.base(x)
        key = self.active_adapter
        if key is None:
            return result
        return result + self.scaling[key] * F.linear(F.linear(x, self.lora_A[key]), self.lora_B[key])
