"""Settings and merge state sit in dataclasses, outside of what nn.Module registers."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Settings:
    r: int
    alpha: float
    dropout: float

    def __post_init__(self):
        if self.r < 1:
            raise ValueError(f"r={self.r}")

    @property
    def scale(self) -> float:
        return self.alpha / self.r


@dataclass
class Shelf:
    weights: list[Tensor] = field(default_factory=list)


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        self.settings, self.shelf = Settings(r, alpha, dropout), Shelf()
        self.add_module("base", base.requires_grad_(False))
        self.register_parameter("B", nn.Parameter(torch.zeros(base.out_features, r).type_as(base.weight)))
        self.register_parameter("A", nn.Parameter((torch.rand(r, base.in_features) * 2 - 1).type_as(base.weight)))

    def delta_weight(self) -> Tensor:
        return torch.mm(self.B, self.A).mul(self.settings.scale)

    def forward(self, x: Tensor) -> Tensor:
        if self.shelf.weights:
            return self.base(x)
        detour = torch.dropout(x, self.settings.dropout, self.training)
        for factor in (self.A, self.B):
            detour = nn.functional.linear(detour, factor)
        return self.base(x).add(detour, alpha=self.settings.scale)

    @torch.no_grad()
    def merge(self) -> None:
        if not self.shelf.weights:
            self.shelf.weights.append(self.base.weight.clone())
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        while self.shelf.weights:
            self.base.weight.copy_(self.shelf.weights.pop())
