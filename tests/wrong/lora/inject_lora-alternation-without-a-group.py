# cause: the alternation in the pattern lacks a group, so the first target has no end and the last no start
# function: inject_lora

import re
from collections.abc import Sequence
import torch
from torch import Tensor, nn


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|\.){'|'.join(map(re.escape, names))}$")


def _factors(base: nn.Linear, r: int) -> tuple[nn.Parameter, nn.Parameter]:
    d, k = base.weight.shape
    A, B = base.weight.new_empty(r, k).normal_(std=k**-0.5), base.weight.new_zeros(d, r)
    return nn.Parameter(A), nn.Parameter(B)


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"r = {r}")
        self.base = base.requires_grad_(False)
        self.A, self.B = _factors(base, r)
        self.scale, self.drop = alpha / r, nn.Dropout(dropout)
        self.original = None

    def forward(self, x: Tensor) -> Tensor:
        h = self.base(x)
        if self.original is not None:
            return h
        return h + self.scale * torch.einsum("...k,rk,dr->...d", self.drop(x), self.A, self.B)

    def delta_weight(self) -> Tensor:
        return torch.einsum("dr,rk->dk", self.B, self.A) * self.scale

    @torch.no_grad()
    def merge(self) -> None:
        if self.original is None:
            self.original = self.base.weight.detach()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.original is not None:
            self.base.weight.copy_(self.original)
            self.original = None


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    modules = dict(model.named_modules())
    is_target = _pattern(targets).search
    if not (names := [name for name, m in modules.items() if isinstance(m, nn.Linear) and is_target(name)]):
        raise ValueError(f"no linear layer matches any of {targets}")
    heads = {t: [m for name, m in modules.items() if f".{name}".endswith(f".{t}")] for t in trainable}
    if lonely := [t for t, found in heads.items() if not found]:
        raise ValueError(f"no module matches {lonely}")

    model.requires_grad_(False)
    for name in names:
        path, _, child = name.rpartition(".")
        setattr(modules[path], child, LoRALinear(modules[name], r, alpha, dropout))
    for head in sum(heads.values(), []):
        head.requires_grad_(True)
    return names
