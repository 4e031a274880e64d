"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

from collections.abc import Iterator, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _walk(module: nn.Module, path: tuple[str, ...] = ()) -> Iterator[tuple[nn.Module, tuple[str, ...], nn.Module]]:
    for name, child in module._modules.items():
        if child is not None:
            yield (module, (*path, name), child)
            yield from _walk(child, (*path, name))


def _ends(path: tuple[str, ...], wanted: str) -> bool:
    parts = tuple(wanted.split("."))
    return path[-len(parts) :] == parts


class _Branch(nn.Module):
    def __init__(self, like: Tensor, r: int, scale: float) -> None:
        super().__init__()
        (d, k), place = (like.shape, {"device": like.device, "dtype": like.dtype})
        self.a = nn.Linear(k, r, bias=False, **place)
        self.b = nn.Linear(r, d, bias=False, **place)
        self.b.weight.data.zero_()
        self.scale = scale

    def matrix(self) -> Tensor:
        return torch.einsum("dr,rk->dk", self.b.weight, self.a.weight) * self.scale

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.matrix())


def _adopt(module: nn.Module, base: nn.Linear) -> None:
    module.register_parameter("weight", base.weight.requires_grad_(False))
    module.register_parameter("bias", None if base.bias is None else base.bias.requires_grad_(False))


def lora_report(
    shapes: list[tuple[int, int]], r: int, n_layers: int = 1, head_params: int = 0, base_params: int | None = None
) -> dict[str, float]:
    pairs = np.asarray(shapes, dtype=np.int64).reshape(-1, 2)
    lora = int(pairs.sum()) * r * n_layers
    kept = np.float64(lora) / (int(pairs.prod(axis=1).sum()) * n_layers)
    report = dict(lora_params=lora, trainable=lora + head_params, kept_ratio=kept, reduction=1 - kept)
    return report | (
        {} if base_params is None else {"trainable_ratio": np.float64(lora + head_params) / (base_params + lora)}
    )


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("the rank must be at least 1")
        _adopt(self, base)
        self.branch = _Branch(base.weight, r, alpha / r)
        self.drop = nn.Dropout(dropout)
        self._plain: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        outputs = F.linear(x, self.weight, self.bias)
        return outputs if self._plain else outputs + self.branch(self.drop(x))

    def delta_weight(self) -> Tensor:
        return self.branch.matrix()

    @torch.no_grad()
    def merge(self) -> None:
        if not self._plain:
            self._plain.append(self.weight.data)
            self.weight.data = self.weight.data + self.delta_weight()

    @torch.no_grad()
    def unmerge(self) -> None:
        while self._plain:
            self.weight.data = self._plain.pop().to(self.weight.data)


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    model.requires_grad_(False)
    places = list(_walk(model))
    for wanted in trainable:
        if not [1 for _, path, _ in places if _ends(path, wanted)]:
            raise ValueError(f"{wanted} is not there")
    for _, path, module in places:
        if any(_ends(path, wanted) for wanted in trainable):
            module.requires_grad_(True)
    names: list[str] = []
    done: set[int] = set()
    for parent, path, module in places:
        if isinstance(module, nn.Linear) and id(module) not in done and any(_ends(path, target) for target in targets):
            done.add(id(module))
            adapted = LoRALinear(module, r=r, alpha=alpha, dropout=dropout)
            parent._modules[path[-1]] = adapted.train(module.training)
            names += [".".join(path)]
    if not names:
        raise ValueError("none of the targets is a linear layer")
    return names


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    copies = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            copies[name] = torch.empty_like(parameter.detach()).copy_(parameter.detach())
    return copies


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    names = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    for name in names.symmetric_difference(state):
        raise KeyError(name)
    model.load_state_dict({name: state[name] for name in names}, strict=False)


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        _adopt(self, base)
        self.branches = nn.ModuleList()
        self.order: list[str] = []
        self.active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.order:
            raise ValueError(f"there is an adapter {name} already")
        self.branches.append(_Branch(self.weight, r, alpha / r))
        self.order.append(name)

    def set_adapter(self, name: str | None) -> None:
        if name not in (None, *self.order):
            raise KeyError(name)
        self.active = name

    def forward(self, x: Tensor) -> Tensor:
        outputs = F.linear(x, self.weight, self.bias)
        for name, branch in zip(self.order, self.branches, strict=True):
            if name == self.active:
                outputs = outputs + branch(x)
        return outputs


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.zeros(d, m))
        self.down_bias = nn.Parameter(torch.zeros(m))
        self.up = nn.Parameter(torch.randn(m, d) / 100)
        self.up_bias = nn.Parameter(torch.zeros(d))

    def forward(self, h: Tensor) -> Tensor:
        return h + (torch.tanh(h @ self.down + self.down_bias) @ self.up + self.up_bias)


def peft_param_count(
    method: str,
    *,
    d: int,
    n_layers: int,
    r: int = 0,
    n_matrices: int = 2,
    bottleneck: int = 0,
    per_layer: int = 2,
    n_virtual: int = 0,
) -> int:
    if method not in ("lora", "adapter", "prefix", "prompt"):
        raise ValueError(f"unknown method {method}")
    shapes = {
        "lora": [(d, r), (r, d)] * (n_matrices * n_layers),
        "adapter": [(d + 1, bottleneck), (bottleneck + 1, d)] * (per_layer * n_layers),
        "prefix": [(n_virtual, d)] * (2 * n_layers),
        "prompt": [(n_virtual, d)],
    }
    return sum((rows * columns for rows, columns in shapes[method]))


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    if r not in range(1, min(delta_w.shape) + 1):
        raise ValueError("no such rank")
    exact = delta_w.detach().to(torch.float64)
    _, vectors = torch.linalg.eigh(exact @ exact.T)
    basis = vectors[:, -r:]
    coordinates = basis.T @ exact
    error = torch.sqrt(torch.sum((exact - basis @ coordinates) ** 2)).item()
    return (basis.to(delta_w.dtype), coordinates.to(delta_w.dtype), error)


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        if r < 1:
            raise ValueError("the rank must be at least 1")
        _adopt(self, base)
        self.branch = _Branch(base.weight, r, alpha / np.sqrt(r).item() if rs else alpha / r)
        self.magnitude = nn.Parameter(torch.linalg.vector_norm(base.weight.detach(), dim=1))

    def forward(self, x: Tensor) -> Tensor:
        norm = torch.linalg.vector_norm((self.weight + self.branch.matrix()).detach(), dim=1)
        outputs = (F.linear(x, self.weight) + self.branch(x)) * (self.magnitude / norm)
        return outputs if self.bias is None else outputs + self.bias
