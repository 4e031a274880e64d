"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the third of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import re
from collections import OrderedDict
from collections.abc import Sequence
from fractions import Fraction

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _pattern(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:.*\\.)?{re.escape(name)}" for name in names) if names else "(?!)")


def _draw(like: Tensor, r: int) -> Tensor:
    bound = (3 / like.shape[1]) ** 0.5
    return like.detach().new_empty(r, like.shape[1]).uniform_(-bound, bound)


def _freeze(base: nn.Linear) -> nn.Linear:
    return base.requires_grad_(False)


def _wrap(parent: nn.Module, prefix: str, wanted: re.Pattern[str], make) -> list[str]:
    names = []
    for child, module in list(parent._modules.items()):
        name = prefix + child
        if isinstance(module, nn.Linear) and wanted.fullmatch(name):
            parent.add_module(child, make(module))
            names.append(name)
        elif module is not None:
            names.extend(_wrap(module, name + ".", wanted, make))
    return names


def lora_report(
    shapes: list[tuple[int, int]], r: int, n_layers: int = 1, head_params: int = 0, base_params: int | None = None
) -> dict[str, float]:
    lora, full = (0, 0)
    for _ in range(n_layers):
        for d, k in shapes:
            lora, full = (lora + d * r + r * k, full + d * k)
    kept = Fraction(lora, full)
    report = OrderedDict(
        lora_params=lora, trainable=lora + head_params, kept_ratio=float(kept), reduction=float(1 - kept)
    )
    report["trainable_ratio"] = None
    if base_params is not None:
        report["trainable_ratio"] = float(Fraction(lora + head_params, base_params + lora))
    return report


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ArithmeticError("rank below 1")
        self.wrapped = _freeze(base)
        self.factors = nn.ParameterList(
            [_draw(base.weight, r), base.weight.detach().new_zeros(r, base.weight.shape[0])]
        )
        self.alpha, self.dropout = (alpha, dropout)
        self._added: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if self._added is not None:
            return self.wrapped(x)
        a, b = self.factors
        thinned = F.dropout(x, p=self.dropout, training=self.training)
        inner = torch.einsum("...k,rk->...r", thinned, a) * (self.alpha / len(a))
        return self.wrapped(x) + torch.einsum("...r,rd->...d", inner, b)

    def delta_weight(self) -> Tensor:
        a, b = self.factors
        return sum((torch.outer(column, row) for row, column in zip(a, b, strict=True))) * (self.alpha / len(a))

    @torch.no_grad()
    def merge(self) -> None:
        if self._added is None:
            self._added = self.delta_weight().detach()
            self.wrapped.weight += self._added

    @torch.no_grad()
    def unmerge(self) -> None:
        if self._added is not None:
            self.wrapped.weight -= self._added.to(self.wrapped.weight)
            self._added = None


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    modules = dict(model.named_modules(remove_duplicate=False))
    heads = [module for name, module in modules.items() if name and _pattern(trainable).fullmatch(name)]
    for wanted in trainable:
        if not any(map(_pattern([wanted]).fullmatch, modules)):
            raise LookupError(f"nothing is called {wanted!r}")
    kept = {id(parameter) for module in heads for parameter in module.parameters()}
    for parameter in model.parameters():
        parameter.requires_grad_(id(parameter) in kept)

    def make(layer: nn.Linear) -> LoRALinear:
        return LoRALinear(layer, r, alpha, dropout).train(layer.training)

    names = _wrap(model, "", _pattern(targets), make)
    if len(names) == 0:
        raise LookupError(f"no linear layer is called any of {targets}")
    return names


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    chosen = filter(lambda pair: pair[1].requires_grad, model.named_parameters())
    return OrderedDict(((name, torch.stack((parameter.detach(),)).squeeze(0)) for name, parameter in chosen))


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    own = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    if sorted((name for name, _ in own)) != sorted(state):
        raise ValueError("the names differ")
    if any((parameter.shape != state[name].shape for name, parameter in own)):
        raise ValueError("the shapes differ")
    for name, parameter in own:
        parameter.data = state[name].detach().to(parameter.data, copy=True)


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.wrapped = _freeze(base)
        self._adapters: dict[str | None, tuple[str, str, float] | None] = {None: None}
        self._active: str | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self._adapters:
            raise LookupError("the name is taken")
        weight, number = (self.wrapped.weight, len(self._adapters))
        entry = (f"a{number}", f"b{number}", alpha / r)
        self.register_parameter(entry[0], nn.Parameter(_draw(weight, r).T.contiguous()))
        self.register_parameter(entry[1], nn.Parameter(weight.detach().new_zeros(weight.shape[0], r)))
        self._adapters[name] = entry

    def set_adapter(self, name: str | None) -> None:
        if name not in self._adapters:
            raise ValueError("no such adapter")
        self._active = name

    def forward(self, x: Tensor) -> Tensor:
        entry = self._adapters[self._active]
        if entry is None:
            return self.wrapped(x)
        a, b = (self.get_parameter(entry[0]), self.get_parameter(entry[1]))
        return self.wrapped(x) + entry[2] * F.linear(x @ a, b)


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.up = nn.Linear(m, d)
        self.down = nn.Linear(d, m)
        nn.init.normal_(self.up.weight, std=0.0001)
        nn.init.zeros_(self.up.bias)
        nn.init.zeros_(self.down.bias)

    def forward(self, h: Tensor) -> Tensor:
        return self.up(self.down(h).abs()) + h


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
    counts = {
        "prompt": lambda: n_virtual * d,
        "prefix": lambda: n_layers * 2 * peft_param_count("prompt", d=d, n_layers=n_layers, n_virtual=n_virtual),
        "lora": lambda: peft_param_count("prefix", d=d, n_layers=n_layers, n_virtual=r) * n_matrices,
        "adapter": lambda: (
            peft_param_count("lora", d=d, n_layers=n_layers, r=bottleneck, n_matrices=per_layer)
            + n_layers * per_layer * (bottleneck + d)
        ),
    }
    try:
        count = counts[method]
    except KeyError:
        raise IndexError(method) from None
    return count()


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    if r < 1 or any(side < r for side in delta_w.shape):
        raise IndexError("impossible rank")
    exact = delta_w.detach().double()
    right, values, _ = torch.linalg.svd(exact.mT, full_matrices=False)
    kept = right[:, :r]
    return ((exact @ kept).to(delta_w.dtype), kept.mT.to(delta_w.dtype), float(values[r:].square().sum().sqrt()))


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        if r < 1:
            raise ArithmeticError("rank below 1")
        self.wrapped = _freeze(base)
        weight = base.weight.detach()
        self.factors = nn.ParameterDict({"A": _draw(weight, r), "B": weight.new_zeros(r, weight.shape[0])})
        self.magnitudes = nn.Parameter(self._lengths(weight)[None])
        self.s = alpha / (r**0.5 if rs else r)

    @staticmethod
    def _lengths(weight: Tensor) -> Tensor:
        return torch.einsum("dk,dk->d", weight, weight).sqrt()

    def forward(self, x: Tensor) -> Tensor:
        weight = self.wrapped.weight + self.s * torch.einsum("rd,rk->dk", self.factors["B"], self.factors["A"])
        stretch = self.magnitudes[0] / self._lengths(weight.detach())
        rotated = torch.diag_embed(stretch) @ weight
        return F.linear(x, rotated, self.wrapped.bias)
