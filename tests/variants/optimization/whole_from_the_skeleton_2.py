"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import math
import re
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

_PLACE = re.compile("bert\\.(?:(embeddings)|encoder\\.layer\\.(\\d+)|(pooler))\\.")


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    trainable = sorted((p for p in model.parameters() if p.requires_grad), key=lambda p: -p.ndim)
    return [
        {"params": list(same), "weight_decay": float(weight_decay) if n_dim >= 2 else 0.0, "n_dim": n_dim}
        for n_dim, same in groupby(trainable, key=lambda p: p.ndim)
    ]


def llrd_groups(
    model: nn.Module, base_lr: float, decay: float, head_lr: float, weight_decay: float = 0.01
) -> list[dict[str, Any]]:
    top = len(model.bert.encoder.layer)
    rate_of: dict[nn.Parameter, float] = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        place = _PLACE.match(name)
        if place is None:
            rate_of.setdefault(parameter, head_lr)
        elif place[1]:
            rate_of[parameter] = base_lr * math.pow(decay, top)
        elif place[2]:
            rate_of[parameter] = base_lr * math.pow(decay, top - 1 - int(place[2]))
        else:
            rate_of[parameter] = base_lr
    groups: dict[tuple[float, bool], dict[str, Any]] = {}
    for parameter, rate in rate_of.items():
        matrix = parameter.dim() >= 2
        fresh = {"params": [], "lr": rate, "weight_decay": weight_decay * matrix}
        groups.setdefault((rate, matrix), fresh)["params"].append(parameter)
    return list(groups.values())


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if n < 0:
        raise IndexError("n is negative")
    if n > len(layers):
        raise IndexError("not enough layers")
    if std is None:
        std = model.config.initializer_range
    random = np.random.default_rng()

    def renew(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            drawn = torch.from_numpy(std * random.standard_normal(tuple(module.weight.shape)))
            module.weight.copy_(drawn)
            if module.bias is not None:
                module.bias.fill_(0.0)
        if isinstance(module, nn.LayerNorm):
            for name, parameter in module.named_parameters(recurse=False):
                parameter.fill_(float(name == "weight"))

    for i, layer in enumerate(layers):
        if i >= len(layers) - n:
            layer.apply(renew)
    return model


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    peak = round(warmup_steps)
    if step >= total_steps:
        return 0.0
    knots = [(0, 0.0), (peak, 1.0), (total_steps, 0.0)][0 if peak else 1 :]
    xs, ys = zip(*knots, strict=True)
    return float(np.interp(step, xs, ys))


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    owners = [p for p in params if p.grad is not None]
    with torch.no_grad():
        pieces = [p.grad.to(torch.float64).reshape(-1).cpu() for p in owners]
        whole = torch.cat(pieces) if pieces else torch.zeros(1, dtype=torch.float64)
        norm = torch.dot(whole, whole).sqrt().item()
        if norm > max_norm:
            shorter = whole * (max_norm / norm)
            for p, part in zip(owners, shorter.split([p.grad.numel() for p in owners]), strict=True):
                p.grad = part.reshape(p.grad.shape).to(device=p.grad.device, dtype=p.grad.dtype)
    return norm


def accumulate_gradients(
    model: nn.Module, batches: list[tuple[Tensor, Tensor]], loss_fn: Callable[[Tensor, Tensor], Tensor]
) -> float:
    everything = list(model.parameters())
    trainable = [p for p in everything if p.requires_grad]
    sums = [torch.zeros_like(p, dtype=torch.float64, requires_grad=False) for p in trainable]
    total_loss, n_examples = (0.0, 0)

    def visit(inputs: Tensor, targets: Tensor) -> float:
        loss = loss_fn(model(inputs), targets)
        for total, part in zip(sums, torch.autograd.grad(loss, trainable, allow_unused=True), strict=True):
            if part is not None:
                total.add_(part, alpha=len(targets))
        return loss.detach().double().item()

    for inputs, targets in batches:
        if len(targets) == 0:
            continue
        total_loss += visit(inputs, targets) * len(targets)
        n_examples += len(targets)
    for parameter in everything:
        parameter.grad = None
    for parameter, total in zip(trainable, sums, strict=True):
        parameter.grad = total.div_(n_examples).to(parameter.dtype)
    return total_loss / n_examples


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    if step >= total_steps:
        return float(floor)
    if step <= warmup_steps:
        return 1.0 if step == warmup_steps else step / warmup_steps
    done = (step - warmup_steps) / (total_steps - warmup_steps)
    return 1.0 - (1.0 - floor) * math.sin(0.5 * math.pi * done) ** 2


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
    if mode == "none":
        in_gradient, beside = (0.0, 0.0)
    elif mode == "l2":
        in_gradient, beside = (weight_decay, 0.0)
    elif mode == "decoupled":
        in_gradient, beside = (0.0, weight_decay)
    else:
        raise ValueError(f"no mode {mode!r}")
    old = weight.detach()
    slope = torch.add(grad.detach(), old, alpha=in_gradient)
    mean = torch.lerp(state["ema"] if state else torch.zeros_like(slope), slope, 1 - betas[0])
    square = torch.addcmul(
        (state["ema2"] if state else torch.zeros_like(slope)) * betas[1], slope, slope, value=1 - betas[1]
    )
    step = state["step"] + 1 if state else torch.ones((), dtype=torch.long)
    t = int(step)
    correct_mean = mean / (1 - betas[0] ** t)
    correct_square = square / (1 - betas[1] ** t)
    new = torch.addcdiv(old * (1 - lr * beside), correct_mean, correct_square.sqrt() + eps, value=-lr)
    return (new, {"ema": mean, "ema2": square, "step": step})
