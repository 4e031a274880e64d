# cause: The head is freed by parameter names that start with its name, so "classifier_norm" is trained along with "classifier", and a head inside another module stays frozen.
# function: inject_lora

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("r < 1")
        self.base = base
        base.requires_grad_(False)
        w = base.weight
        self.A = nn.Parameter(torch.empty(r, w.shape[1], dtype=w.dtype, device=w.device))
        self.B = nn.Parameter(torch.zeros(w.shape[0], r, dtype=w.dtype, device=w.device))
        nn.init.kaiming_uniform_(self.A, a=math.sqrt(5))
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.backup = None

    def forward(self, x: Tensor) -> Tensor:
        out = self.base(x)
        if self.backup is None:
            out = out + self.scale * (self.dropout(x) @ self.A.T @ self.B.T)
        return out

    def delta_weight(self) -> Tensor:
        return self.scale * self.B @ self.A

    @torch.no_grad()
    def merge(self) -> None:
        if self.backup is None:
            self.backup = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.backup is not None:
            self.base.weight.copy_(self.backup)
            self.backup = None


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    names = [name for name, _ in model.named_modules()]
    for wanted in trainable:
        if not any(("." + name).endswith("." + wanted) for name in names):
            raise ValueError(f"no module {wanted!r}")
    replaced = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and any(("." + name).endswith("." + target) for target in targets)
    ]
    if not replaced:
        raise ValueError("nothing to adapt")
    for name, parameter in model.named_parameters():
        parameter.requires_grad = any(name.startswith(wanted) for wanted in trainable)
    for name in replaced:
        parent, _, child = name.rpartition(".")
        holder = model.get_submodule(parent)
        setattr(holder, child, LoRALinear(getattr(holder, child), r, alpha, dropout))
    return replaced
