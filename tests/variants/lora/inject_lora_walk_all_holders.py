"""inject_lora: visits every place that holds a module, shared ones too (the same wrapper in each place), and
frees the head last.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("the rank must be at least 1")
        self.base = base.requires_grad_(False)
        self.scale = alpha / r
        self.dropout = nn.Dropout(dropout)
        self.A = nn.Parameter(torch.empty_like(base.weight[:1]).repeat(r, 1))
        self.B = nn.Parameter(torch.zeros_like(base.weight[:, :1]).repeat(1, r))
        nn.init.kaiming_uniform_(self.A, a=5**0.5)
        self.before: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)
        return y if self.before is not None else y + self.scale * (self.dropout(x) @ self.A.T @ self.B.T)

    def delta_weight(self) -> Tensor:
        return self.scale * (self.B @ self.A)

    @torch.no_grad()
    def merge(self) -> None:
        if self.before is None:
            self.before = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.before is not None:
            self.base.weight.copy_(self.before)
            self.before = None


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    def places(holder: nn.Module, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], nn.Module, nn.Module]]:
        for name, child in list(holder._modules.items()):
            if child is not None:
                yield (*path, name), holder, child
                yield from places(child, (*path, name))

    def called(path: tuple[str, ...], name: str) -> bool:
        parts = tuple(name.split("."))
        return path[-len(parts) :] == parts

    everything = list(places(model))
    chosen = [
        (path, holder, child)
        for path, holder, child in everything
        if isinstance(child, nn.Linear) and any(called(path, target) for target in targets)
    ]
    if not chosen:
        raise ValueError(f"no linear layer is called {targets}")
    heads = []
    for name in trainable:
        found = [path for path, _, _ in everything if called(path, name)]
        if not found:
            raise ValueError(f"no module is called {name!r}")
        heads += found

    model.requires_grad_(False)
    wrappers: dict[int, LoRALinear] = {}
    for path, holder, child in chosen:
        if id(child) not in wrappers:
            wrappers[id(child)] = LoRALinear(child, r, alpha, dropout)
        setattr(holder, path[-1], wrappers[id(child)])
    for path in heads:
        model.get_submodule(".".join(path)).requires_grad_(True)
    names: dict[int, str] = {}
    for path, _, child in chosen:
        names.setdefault(id(child), ".".join(path))
    return sorted(names.values())
