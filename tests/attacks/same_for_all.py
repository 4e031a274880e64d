"""Has every name, computes nothing: modules return zeros of the right shape, functions return empty things."""

import torch
from torch import nn


def lora_report(*args, **kwargs) -> dict[str, float]:
    return {}


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        self.d = base.out_features
        self.a, self.b = nn.Parameter(torch.zeros(r, base.in_features)), nn.Parameter(torch.zeros(self.d, r))
        self.spare = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.zeros(*x.shape[:-1], self.d) + 0 * self.spare

    def delta_weight(self):
        return torch.zeros(self.d, self.a.shape[1])

    def merge(self) -> None:
        pass

    unmerge = merge


def inject_lora(*args, **kwargs) -> list[str]:
    return []


def lora_state_dict(*args, **kwargs) -> dict[str, object]:
    return {}


def load_lora_state_dict(*args, **kwargs) -> None:
    return None


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.factors = nn.ParameterList()

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        self.factors.append(torch.zeros(r, self.base.in_features))
        self.factors.append(torch.zeros(self.base.out_features, r))

    def set_adapter(self, name: str | None) -> None:
        pass

    def forward(self, x):
        return torch.zeros(*x.shape[:-1], self.base.out_features)


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def forward(self, h):
        return torch.zeros_like(h) * self.weight


def peft_param_count(*args, **kwargs) -> int:
    return 0
