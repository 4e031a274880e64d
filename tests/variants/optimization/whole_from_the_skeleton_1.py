"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import collections
import fractions
import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn


def _one_backward(model: nn.Module, inputs: Tensor, targets: Tensor, loss_fn: Any, share: float) -> float:
    loss = loss_fn(model(inputs), targets)
    loss.backward(gradient=torch.full_like(loss, share))
    return share * loss.item()


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    unique = {}
    for module in model.modules():
        for name, parameter in module._parameters.items():
            if parameter is not None and parameter.requires_grad:
                unique.setdefault(id(parameter), (name, parameter))
    return [
        {"name": f"{i}-{name}", "params": (parameter,), "weight_decay": weight_decay if parameter.dim() > 1 else 0}
        for i, (name, parameter) in enumerate(unique.values())
    ]


def llrd_groups(
    model: nn.Module, base_lr: float, decay: float, head_lr: float, weight_decay: float = 0.01
) -> list[dict[str, Any]]:
    rates: dict[int, float] = {}
    body = model.bert
    n_layers = len(body.encoder.layer)
    for depth, layer in enumerate(reversed(list(body.encoder.layer))):
        rates |= dict.fromkeys(map(id, layer.parameters()), base_lr * decay**depth)
    rates |= dict.fromkeys(map(id, body.embeddings.parameters()), base_lr * decay**n_layers)
    if body.pooler is not None:
        rates |= dict.fromkeys(map(id, body.pooler.parameters()), base_lr)
    return [
        dict(params=[p], lr=rates.get(id(p), head_lr), weight_decay=0.0 if p.ndim < 2 else weight_decay, index=i)
        for i, p in enumerate(filter(lambda p: p.requires_grad, model.parameters()))
    ]


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = list(model.bert.encoder.layer)
    if n not in range(len(layers) + 1):
        raise ValueError(f"{n} of {len(layers)} layers")
    width = model.config.initializer_range if std is None else std
    queue = collections.deque(layers[len(layers) - n :])
    if n and getattr(model.bert, "pooler", None) is not None:
        queue.append(model.bert.pooler)
    while queue:
        module = queue.popleft()
        queue.extend(module.children())
        if isinstance(module, nn.Linear):
            if width > 0:
                nn.init.trunc_normal_(module.weight, mean=0.0, std=width, a=-2 * width, b=2 * width)
            else:
                nn.init.zeros_(module.weight)
        elif isinstance(module, nn.LayerNorm):
            if module.weight is not None:
                nn.init.ones_(module.weight)
        else:
            continue
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    return model


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    peak = int(warmup_steps)
    if step >= total_steps:
        return float(step == peak)
    if step < peak:
        return float(fractions.Fraction(step, peak))
    return float(1 - fractions.Fraction(step - peak, total_steps - peak))


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    gradients = [p.grad.detach() for p in params if p.grad is not None]
    norm = math.sqrt(math.fsum(g.double().square().sum().item() for g in gradients))
    if norm > max_norm:
        for g in gradients:
            g.copy_(g.double() * max_norm / norm)
    return norm


def accumulate_gradients(
    model: nn.Module, batches: list[tuple[Tensor, Tensor]], loss_fn: Callable[[Tensor, Tensor], Tensor]
) -> float:
    for parameter in model.parameters():
        parameter.grad = None
    sizes = [targets.shape[0] for _, targets in batches]
    shares = [size / sum(sizes) for size in sizes]
    return math.fsum(
        (
            _one_backward(model, inputs, targets, loss_fn, share)
            for share, (inputs, targets) in zip(shares, batches, strict=True)
            if share
        )
    )


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    if step < warmup_steps:
        return step / warmup_steps
    if step == warmup_steps:
        return 1.0
    if step >= total_steps:
        return float(floor)
    quarter_turns = (step - warmup_steps) / (total_steps - warmup_steps)
    return floor + (1 - floor) * math.cos(math.pi / 2 * quarter_turns) ** 2


def adam_step(
    weight: Tensor,
    grad: Tensor,
    state: dict[str, Any],
    mode: str,
    lr: float = 0.001,
    weight_decay: float = 0.01,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-08,
) -> tuple[Tensor, dict[str, Any]]:
    if mode not in {"none", "l2", "decoupled"}:
        raise ValueError(mode)
    with torch.no_grad():
        old, slope = (weight.detach().double(), grad.detach().double())
        if mode == "l2":
            slope = slope + weight_decay * old
        both = state.get("both", torch.zeros(2, *old.shape, dtype=torch.float64, device=old.device))
        steps = state.get("steps", 0.0) + 1.0
        keep = both.new_tensor(betas).reshape(2, *[1] * old.dim())
        both = keep * both + (1 - keep) * torch.stack([slope, slope * slope])
        mean, square = both / (1 - keep**steps)
        new = old - lr * mean / (square.sqrt() + eps)
        if mode == "decoupled":
            new = new - lr * weight_decay * old
    return (new.to(weight.dtype), {"both": both, "steps": steps})
