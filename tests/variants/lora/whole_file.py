"""Everything at once, in another hand: one Update class serves both layers, parents are found by id."""

import torch
from torch import nn
from torch.nn import functional


class Update(nn.Module):
    def __init__(self, like, r, alpha):
        super().__init__()
        if r < 1:
            raise ValueError(f"r={r}")
        d, k = like.shape
        self.first = nn.Parameter(torch.randn(k, r, dtype=like.dtype, device=like.device) / r)
        self.second = nn.Parameter(torch.zeros(r, d, dtype=like.dtype, device=like.device))
        self.alpha, self.rank = alpha, r

    def full(self):
        return (self.first @ self.second).T * self.alpha / self.rank

    def forward(self, x):
        return x @ self.first @ self.second * self.alpha / self.rank


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.frozen = base.requires_grad_(False)
        self.update = Update(base.weight, r, alpha)
        self.dropout = nn.Dropout(dropout)
        self.folded = None

    def forward(self, x):
        y = self.frozen(x)
        return y if self.folded is not None else y + self.update(self.dropout(x))

    def delta_weight(self):
        return self.update.full()

    def merge(self):
        if self.folded is None:
            self.folded = self.frozen.weight
            self.frozen.weight = nn.Parameter(self.folded.data + self.delta_weight().data, requires_grad=False)

    def unmerge(self):
        if self.folded is not None:
            self.frozen.weight, self.folded = self.folded, None


class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.frozen = base.requires_grad_(False)
        self.updates = nn.ModuleDict()
        self.order = [None]

    def add_adapter(self, name, r, alpha):
        if name in self.updates:
            raise ValueError(name)
        self.updates.add_module(name, Update(self.frozen.weight, r, alpha))

    def set_adapter(self, name):
        if name not in [None, *self.updates]:
            raise KeyError(name)
        self.order.append(name)

    def forward(self, x):
        match self.order[-1]:
            case None:
                return self.frozen(x)
            case name:
                return self.frozen(x) + self.updates[name](x)


def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    named = dict(model.named_modules())
    owner = {id(child): (parent, key) for parent in named.values() for key, child in parent.named_children()}
    chosen = {
        name: layer
        for name, layer in named.items()
        if isinstance(layer, nn.Linear) and {name, *tails(name)} & set(targets)
    }
    if not chosen:
        raise ValueError("no layer of this name")
    if missing := set(trainable) - {end for name in named for end in (name, *tails(name))}:
        raise ValueError(missing)
    model.requires_grad_(False)
    for layer in chosen.values():
        parent, key = owner[id(layer)]
        setattr(parent, key, LoRALinear(layer, r, alpha, dropout))
    for name, module in named.items():
        if {name, *tails(name)} & set(trainable):
            module.requires_grad_(True)
    return list(chosen)


def tails(name):
    """layer.3.query -> 3.query, query"""
    parts = name.split(".")
    return [".".join(parts[start:]) for start in range(1, len(parts))]


def lora_state_dict(model):
    with torch.no_grad():
        return {name: p.clone() for name, p in model.named_parameters() if p.requires_grad}


def load_lora_state_dict(model, state):
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    for name in state:
        trained[name].data.copy_(state[name])
    for name in trained:
        state[name]


class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.narrow = nn.Linear(d, m)
        self.wide = nn.Linear(m, d)
        self.wide.requires_grad_(False).apply(lambda layer: [p.zero_() for p in layer.parameters()]).requires_grad_()

    def forward(self, h):
        return self.wide(functional.leaky_relu(self.narrow(h))) + h


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    old = sum(map(lambda shape: shape[0] * shape[1], shapes)) * n_layers
    new = sum(map(sum, shapes)) * r * n_layers
    answer = {
        "lora_params": new,
        "trainable": new + head_params,
        "kept_ratio": new / old,
        "reduction": (old - new) / old,
    }
    return answer if base_params is None else answer | {"trainable_ratio": (new + head_params) / (new + base_params)}


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    per_d = {"lora": 2 * r * n_matrices, "adapter": (2 * bottleneck + 1) * per_layer, "prefix": 2 * n_virtual}
    if method == "prompt":
        return n_virtual * d
    if method not in per_d:
        raise ValueError(method)
    rest = bottleneck * per_layer if method == "adapter" else 0
    return n_layers * (per_d[method] * d + rest)
