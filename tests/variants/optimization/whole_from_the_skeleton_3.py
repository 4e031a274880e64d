"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the third of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import cmath
import math
from collections import ChainMap, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn


def _walk(module: nn.Module) -> Iterator[nn.Module]:
    yield module
    for child in module.children():
        yield from _walk(child)


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    parts: tuple[dict[nn.Parameter, None], dict[nn.Parameter, None]] = ({}, {})
    for module in _walk(model):
        for parameter in module.parameters(recurse=False):
            if parameter.requires_grad:
                parts[len(parameter.shape) < 2][parameter] = None
    decays = (weight_decay, 0.0)
    return [{"weight_decay": decays[k], "params": list(parts[k]), "decays": not k} for k in (1, 0)]


def llrd_groups(
    model: nn.Module, base_lr: float, decay: float, head_lr: float, weight_decay: float = 0.01
) -> list[dict[str, Any]]:
    seen: set[nn.Parameter] = set()

    def pair(module: nn.Module | None, rate: float) -> Iterator[dict[str, Any]]:
        fresh = [p for p in module.parameters() if p not in seen] if module is not None else []
        seen.update(fresh)
        fresh = [p for p in fresh if p.requires_grad]
        yield {"params": [p for p in fresh if p.dim() in (0, 1)], "lr": rate, "weight_decay": 0}
        yield {"params": [p for p in fresh if p.dim() not in (0, 1)], "lr": rate, "weight_decay": weight_decay}

    def groups() -> Iterator[dict[str, Any]]:
        rate = base_lr
        yield from pair(model.bert.pooler, rate)
        for layer in reversed(model.bert.encoder.layer):
            yield from pair(layer, rate)
            rate *= decay
        yield from pair(model.bert.embeddings, rate)
        yield from pair(model, head_lr)

    return [group for group in groups() if group["params"]]


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    layers = model.bert.encoder.layer
    if not 0 <= n <= len(layers):
        raise ValueError("n must be between 0 and the number of layers")
    scale = float(model.config.initializer_range) if std is None else float(std)

    def fill(i: int) -> None:
        if i < len(layers) - n:
            return
        for module in _walk(layers[i]):
            if isinstance(module, nn.Linear | nn.LayerNorm):
                values = ChainMap({"bias": None}, dict(module.named_parameters(recurse=False)))
                if module.bias is not None:
                    values["bias"] = module.bias
                    values["bias"].sub_(module.bias.clone()).nan_to_num_(0.0)
                if isinstance(module, nn.LayerNorm):
                    if module.weight is not None:
                        module.weight.copy_(torch.ones(()))
                else:
                    shape, device = (module.weight.shape, module.weight.device)
                    radius = torch.rand(shape, dtype=torch.float64, device=device).neg().log1p().mul(-2).sqrt()
                    angle = torch.rand(shape, dtype=torch.float64, device=device) * math.tau
                    module.weight.copy_(scale * radius * angle.cos())
        fill(i - 1) if i else None

    if n:
        fill(len(layers) - 1)
    return model


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    peak = math.floor(warmup_steps + 0.5)
    if peak >= total_steps:
        return min(1.0, step / peak)
    up = step / peak if peak else math.inf
    down = (total_steps - step) / (total_steps - peak)
    return sorted((0.0, up, down, 1.0))[1] if step < total_steps else 0.0


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    by_dtype: defaultdict[torch.dtype, list[Tensor]] = defaultdict(list)
    for parameter in params:
        if parameter.grad is None:
            continue
        by_dtype[parameter.grad.dtype].append(parameter.grad.detach())
    norms = [torch.linalg.vector_norm(g, dtype=torch.float64).item() for same in by_dtype.values() for g in same]
    norm = math.hypot(*norms)
    if norm <= max_norm:
        return norm
    for same in by_dtype.values():
        torch._foreach_mul_(same, max_norm / norm)
    return norm


def accumulate_gradients(
    model: nn.Module, batches: list[tuple[Tensor, Tensor]], loss_fn: Callable[[Tensor, Tensor], Tensor]
) -> float:
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad = torch.zeros_like(parameter.grad)
    seen, mean_loss = (0, 0.0)
    for batch in batches:
        size = batch[1].size(dim=0)
        if not size:
            continue
        old_share, new_share = (seen / (seen + size), size / (seen + size))
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter.grad = parameter.grad.mul(old_share)
        loss = loss_fn(model(batch[0]), batch[1])
        (new_share * loss).backward()
        mean_loss = old_share * mean_loss + new_share * loss.item()
        del loss
        seen += size
    return mean_loss


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    top, rest = (float(step >= warmup_steps), total_steps - warmup_steps)
    if not top:
        return step / warmup_steps
    done = min(1.0, (step - warmup_steps) / rest) if rest else 1.0
    if done in (0.0, 1.0):
        return (1.0, float(floor))[int(done)]
    share = (1 + cmath.exp(1j * cmath.pi * done).real) / 2
    return share * 1.0 + (1 - share) * floor


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
    extra = {"none": (0, 0), "l2": (1, 0), "decoupled": (0, 1)}.get(mode)
    if extra is None:
        raise ValueError("mode must be none, l2 or decoupled")
    with torch.no_grad():
        total = grad + extra[0] * weight_decay * weight
        averages = {}
        hats = []
        t = 1 + state.get("t", 0)
        for power, beta in enumerate(betas, start=1):
            name = f"moment {power}"
            kept = state[name] * beta if name in state else 0.0
            averages[name] = kept + (1 - beta) * total**power
            hats.append(averages[name] / (1 - beta**t))
        shift = hats[0] / (hats[1] ** 0.5 + eps) + extra[1] * weight_decay * weight
        return ((weight - lr * shift).detach(), {**averages, "t": t})
