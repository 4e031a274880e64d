"""inject_lora: collects every holder of a layer first (shared modules under several names included), wraps each
layer once with a memo, and validates all before it touches anything.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r must be at least 1")
        self.base = base.requires_grad_(False)
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.lora_A = nn.Parameter(base.weight.new_empty(r, base.in_features))
        self.lora_B = nn.Parameter(base.weight.new_zeros(base.out_features, r))
        nn.init.normal_(self.lora_A, std=base.in_features**-0.5)
        self.original: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.original is not None:
            return out
        return out + F.linear(F.linear(self.dropout(x), self.lora_A), self.lora_B) * self.scaling

    def delta_weight(self) -> Tensor:
        return self.lora_B @ self.lora_A * self.scaling

    @torch.no_grad()
    def merge(self) -> None:
        if self.original is None:
            self.original = self.base.weight.detach().clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.original is not None:
            self.base.weight.copy_(self.original)
            self.original = None


def _fits(name: str, wanted: Sequence[str]) -> bool:
    return any(name == w or name.endswith("." + w) for w in wanted)


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    if r < 1:
        raise ValueError("r must be at least 1")
    everything = list(model.named_modules(remove_duplicate=False))

    chosen: dict[nn.Module, str] = {}
    for name, module in everything:
        if isinstance(module, nn.Linear) and _fits(name, targets):
            chosen.setdefault(module, name)
    if not chosen:
        raise ValueError(f"no linear layer is called {' or '.join(map(repr, targets))}")

    heads: list[nn.Module] = []
    for wanted in trainable:
        found = [module for name, module in everything if _fits(name, (wanted,))]
        if not found:
            raise ValueError(f"there is no module {wanted!r} to train")
        heads.extend(found)
    head_parameters = [parameter for head in heads for parameter in head.parameters()]

    for parameter in model.parameters():
        parameter.requires_grad_(False)
    wrapped = {base: LoRALinear(base, r, alpha, dropout).train(base.training) for base in chosen}
    for holder in [module for _, module in model.named_modules()]:
        for child_name, child in list(holder._modules.items()):
            if child in wrapped and holder not in wrapped.values():
                setattr(holder, child_name, wrapped[child])
    for parameter in head_parameters:
        parameter.requires_grad_(True)
    return list(chosen.values())
