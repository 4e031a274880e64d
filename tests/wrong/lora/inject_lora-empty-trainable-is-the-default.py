# cause: an empty trainable falls back to the classifier
# function: inject_lora
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _as_tuple(names: str | Iterable[str] | None) -> tuple[str, ...]:
    if names is None:
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def _make_factors(base: nn.Linear, r: int, init: Callable[[Tensor], Any] | None = None):
    weight = base.weight
    A = nn.Parameter(torch.empty(r, base.in_features, dtype=weight.dtype, device=weight.device))
    (init or (lambda t: nn.init.normal_(t, std=1 / math.sqrt(base.in_features))))(A)
    B = nn.Parameter(torch.zeros(base.out_features, r, dtype=weight.dtype, device=weight.device))
    return (A, B)


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0, init=None) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"rank must be positive, got {r}")
        for parameter in base.parameters():
            parameter.requires_grad_(False)
        self.base = base
        self.lora_A, self.lora_B = _make_factors(base, r, init)
        self.scaling = alpha / r
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()
        self.merged = False
        self._backup: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        if not self.merged:
            y = y + F.linear(F.linear(self.dropout(x), self.lora_A), self.lora_B) * self.scaling
        return y

    def delta_weight(self) -> Tensor:
        return torch.matmul(self.lora_B, self.lora_A) * self.scaling

    @torch.no_grad()
    def merge(self) -> None:
        if self.merged:
            return
        if self._backup is None:
            self._backup = self.base.weight.detach().clone()
        self.base.weight.add_(self.delta_weight())
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        if not self.merged:
            return
        self.base.weight.copy_(self._backup)
        self.merged = False


def inject_lora(
    model: nn.Module,
    targets: str | Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: str | Sequence[str] | None = ("classifier",),
) -> list[str]:
    targets = _as_tuple(targets)
    trainable = _as_tuple(trainable or "classifier")

    def hit(name: str, wanted: str) -> bool:
        return ("." + name).endswith("." + wanted)

    everything = list(model.named_modules())
    layers = [(n, m) for n, m in everything if isinstance(m, nn.Linear) and any((hit(n, t) for t in targets))]
    if not layers:
        raise ValueError(f"no nn.Linear matches {targets}")
    heads: list[nn.Module | str] = []
    for wanted in trainable:
        names = [n for n, _ in everything if n and hit(n, wanted)]
        if not names:
            raise ValueError(f"no module matches {wanted!r}")
        heads.extend(names)
    for parameter in model.parameters():
        parameter.requires_grad = False
    for name, layer in layers:
        parent, _, attribute = name.rpartition(".")
        setattr(model.get_submodule(parent), attribute, LoRALinear(layer, r, alpha, dropout))
    for name in heads:
        for parameter in model.get_submodule(name).parameters():
            parameter.requires_grad = True
    return [name for name, _ in layers]
