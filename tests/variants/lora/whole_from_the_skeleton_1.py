"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def _tail(name: str, wanted: Sequence[str]) -> bool:
    return f".{name}".endswith(tuple(f".{entry}" for entry in wanted))


def _thin(x: Tensor, p: float) -> Tensor:
    kept = torch.rand(x.shape, device=x.device) >= p
    return torch.where(kept, x, torch.zeros_like(x)) / max(1.0 - p, 1e-09)


def _factors(weight: Tensor, r: int) -> tuple[nn.Parameter, nn.Parameter]:
    d, k = weight.shape
    down = weight.detach().new_empty(k, r).normal_(std=1 / math.sqrt(k))
    return (nn.Parameter(down), nn.Parameter(weight.detach().new_zeros(r, d)))


def lora_report(
    shapes: list[tuple[int, int]], r: int, n_layers: int = 1, head_params: int = 0, base_params: int | None = None
) -> dict[str, float]:
    factors = float(n_layers * r * sum(map(sum, shapes)))
    matrices = float(n_layers * sum(map(math.prod, shapes)))
    pairs = [
        ("trainable", factors + head_params),
        ("reduction", (matrices - factors) / matrices),
        ("kept_ratio", factors / matrices),
        ("lora_params", factors),
    ]
    if base_params is not None:
        pairs.insert(0, ("trainable_ratio", (factors + head_params) / (base_params + factors)))
    return dict(pairs)


class LoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"rank {r}")
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.base = base
        self.down, self.up = _factors(base.weight, r)
        self.scale, self.p = (alpha / r, dropout)
        self.register_buffer("saved", None, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        outputs = self.base(x)
        if self.saved is not None:
            return outputs
        if self.training and self.p > 0:
            x = _thin(x, self.p)
        return x @ self.down @ self.up * self.scale + outputs

    def delta_weight(self) -> Tensor:
        return (self.down @ self.up).T * self.scale

    @torch.no_grad()
    def merge(self) -> None:
        if self.saved is None:
            self.saved = self.base.weight.detach().clone()
            self.base.weight.add_(self.delta_weight())

    @torch.no_grad()
    def unmerge(self) -> None:
        if self.saved is not None:
            self.base.weight.copy_(self.saved)
            self.saved = None


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    everything = list(model.named_modules(remove_duplicate=False))
    found: dict[int, tuple[str, nn.Linear]] = {}
    for name, module in everything:
        if isinstance(module, nn.Linear) and _tail(name, targets):
            found.setdefault(id(module), (name, module))
    if not found:
        raise ValueError(f"no linear layer is called {targets}")
    for wanted in trainable:
        if not any((_tail(name, [wanted]) for name, _ in everything)):
            raise ValueError(f"no module is called {wanted}")
    heads = [parameter for name, module in everything if _tail(name, trainable) for parameter in module.parameters()]
    for parameter in model.parameters():
        parameter.requires_grad = False
    for name, layer in found.values():
        parent, _, child = name.rpartition(".")
        adapted = LoRALinear(alpha=alpha, base=layer, dropout=dropout, r=r).train(layer.training)
        setattr(model.get_submodule(parent), child, adapted)
    for parameter in heads:
        parameter.requires_grad = True
    return [name for name, _ in found.values()]


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    return dict(((n, torch.clone(p.detach())) for n, p in model.named_parameters() if p.requires_grad))


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    own = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if own.keys() != set(state):
        raise KeyError(sorted(own.keys() ^ set(state)))
    while own:
        name, parameter = own.popitem()
        parameter.data.copy_(state[name])


class MultiLoRALinear(nn.Module):
    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.base = base
        self.downs, self.ups = (nn.ParameterList(), nn.ParameterList())
        self.slots: dict[str, tuple[int, float]] = {}
        self.slot: tuple[int, float] | None = None

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        if name in self.slots:
            raise ValueError(f"{name} is taken")
        scale = alpha / r
        down, up = _factors(self.base.weight, r)
        self.downs.append(down)
        self.ups.append(up)
        self.slots[name] = (len(self.downs) - 1, scale)

    def set_adapter(self, name: str | None) -> None:
        self.slot = None if name is None else self.slots[name]

    def forward(self, x: Tensor) -> Tensor:
        outputs = self.base(x)
        if self.slot is None:
            return outputs
        index, scale = self.slot
        return x @ self.downs[index] @ self.ups[index] * scale + outputs


class BottleneckAdapter(nn.Module):
    def __init__(self, d: int, m: int) -> None:
        super().__init__()
        self.pair = nn.Sequential(nn.Linear(d, m), nn.Linear(m, d))
        for parameter in self.pair[1].parameters():
            nn.init.zeros_(parameter)

    def forward(self, h: Tensor) -> Tensor:
        return torch.add(self.pair[1](torch.sin(self.pair[0](h))), h)


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
    match method:
        case "lora":
            return sum(d * r + r * d for _ in range(n_layers * n_matrices))
        case "adapter":
            return n_layers * per_layer * ((2 * d + 1) * bottleneck + d)
        case "prefix":
            return n_layers * sum([n_virtual, n_virtual]) * d
        case "prompt":
            return n_virtual * d
    raise ValueError(method)


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    if not 1 <= r <= min(delta_w.shape):
        raise ValueError(f"rank {r}")
    u, s, vh = torch.linalg.svd(delta_w.detach().double(), full_matrices=False)
    root = s[:r].sqrt()
    b, a = (u[:, :r] * root, root[:, None] * vh[:r])
    return (b.to(delta_w.dtype), a.to(delta_w.dtype), math.hypot(*s[r:].tolist()))


class DoRALinear(nn.Module):
    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        super().__init__()
        if r < 1:
            raise ValueError(f"rank {r}")
        for parameter in base.parameters():
            parameter.requires_grad = False
        self.base = base
        self.down, self.up = _factors(base.weight, r)
        self.scale = alpha * r ** (-0.5 if rs else -1.0)
        self.lengths = nn.Parameter(base.weight.detach().norm(dim=1, keepdim=True))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.base.weight + (self.down @ self.up).T * self.scale
        with torch.no_grad():
            norm = weight.norm(dim=1, keepdim=True)
        return F.linear(x, self.lengths / norm * weight, self.base.bias)
