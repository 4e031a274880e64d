"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the second of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import collections
import copy
import itertools
import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


def train_epoch(
    model: nn.Module,
    loader: Iterable[dict[str, Tensor]],
    optimizer: torch.optim.Optimizer,
    scheduler: Any = None,
    max_norm: float = 1.0,
    accum: int = 1,
) -> tuple[float, float]:
    model.train()
    held = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    loss_sum, n_hits, n_seen, n_group, n_batches = (0.0, 0, 0, 0, 0)
    sums: list[Tensor | None] = []

    def advance() -> None:
        with torch.no_grad():
            means = [None if total is None else total / n_group for total in sums]
            norm = math.sqrt(sum(float(mean.double().pow(2).sum()) for mean in means if mean is not None))
            factor = max_norm / norm if norm > max_norm else 1.0
            for p, mean in zip(held, means, strict=True):
                p.grad = None if mean is None else mean * factor
        optimizer.step()
        if scheduler is not None:
            scheduler.step()

    def visit(batch: dict[str, Tensor]) -> tuple[float, int, list[Tensor | None]]:
        output = model(**batch)
        size = len(batch["labels"])
        gradients = torch.autograd.grad(output.loss * size, held, allow_unused=True)
        right = output.logits.detach().argmax(dim=-1) == batch["labels"]
        return (output.loss.item() * size, int(torch.count_nonzero(right)), list(gradients))

    for parameter in itertools.chain(model.parameters(), held):
        parameter.grad = None
    for batch in loader:
        loss, hits, gradients = visit(batch)
        sums = [
            a if b is None else b if a is None else a + b
            for a, b in zip(sums or [None] * len(held), gradients, strict=True)
        ]
        size = len(batch["labels"])
        loss_sum, n_hits, n_seen, n_group, n_batches = (
            loss_sum + loss,
            n_hits + hits,
            n_seen + size,
            n_group + size,
            n_batches + 1,
        )
        if n_batches % accum == 0:
            advance()
            sums, n_group = ([], 0)
    if n_group:
        advance()
    return (loss_sum / n_seen, n_hits / n_seen)


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    was = {module: module.training for module in model.modules()}
    grad_was = torch.is_grad_enabled()
    columns: dict[str, list[Tensor]] = collections.defaultdict(list)
    torch.set_grad_enabled(False)
    try:
        for module in was:
            module.train(False)
        for batch in loader:
            logits = model(**dict(batch)).logits
            columns["logits"].append(logits.detach().cpu())
            columns["labels"].append(batch["labels"].detach().cpu().clone())
        logits, labels = (torch.cat(columns[name]) for name in ("logits", "labels"))
        loss = nn.functional.cross_entropy(logits.double(), labels).item()
    finally:
        torch.set_grad_enabled(grad_was)
        for module, mode in was.items():
            module.training = mode
    predictions = logits.argmax(dim=1)
    accuracy = (predictions == labels).double().mean().item()
    return dict(loss=loss, accuracy=accuracy, predictions=predictions.tolist(), labels=labels.tolist())


class EarlyStopper:
    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        match mode:
            case "min":
                self._better = lambda value: value < self.best and self.best - value > min_delta
            case "max":
                self._better = lambda value: value > self.best and value - self.best > min_delta
            case _:
                raise KeyError(mode)
        self._recent: collections.deque[bool] = collections.deque([True] * patience, maxlen=patience)
        self._n = 0
        self.best = math.inf if mode == "min" else -math.inf
        self.best_step = 0
        self._begun = False

    def step(self, value: float) -> bool:
        improved = self._better(value) if self._begun else math.isfinite(value)
        if improved:
            self._begun, self.best, self.best_step = (True, value, self._n)
        self._recent.append(improved)
        self._n += 1
        return not any(self._recent)


def amp_step(
    model: nn.Module,
    batch: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    max_norm: float = 1.0,
    device_type: str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
) -> float:
    held = [p for group in optimizer.param_groups for p in group["params"]]
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device_type=device_type, dtype=dtype, enabled=True):
        output = model(**{name: tensor for name, tensor in batch.items()})
    loss = output.loss.float()
    scaler.scale(loss).backward()
    limit = max_norm * scaler.get_scale()
    gradients = [p.grad for p in held if p.grad is not None]
    norm = math.sqrt(math.fsum(g.double().pow(2).sum().item() for g in gradients))
    if math.isfinite(norm) and norm > limit:
        for g in gradients:
            g.mul_(limit / norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    if smoothing < 0 or smoothing >= 1:
        raise ValueError("smoothing")
    if gamma < 0:
        raise ValueError("gamma")
    n_examples, n_classes = logits.shape
    targets = torch.full_like(logits, smoothing / n_classes, requires_grad=False)
    targets[torch.arange(n_examples, device=logits.device), labels] += 1 - smoothing
    log_p = logits.log_softmax(dim=-1)
    each = -torch.einsum("bk,bk->b", targets, log_p)
    if gamma > 0:
        is_label = torch.arange(n_classes, device=logits.device) == labels.unsqueeze(1)
        log_rest = log_p.masked_fill(is_label, -math.inf)
        if n_classes > 1:
            each = torch.exp(gamma * torch.logsumexp(log_rest, dim=1)) * each
        else:
            each = each * 0
    return each.sum() / n_examples


class Checkpoint:
    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        self._parameters = {name: p.detach().clone() for name, p in model.named_parameters()}
        self._buffers = {name: b.detach().clone() for name, b in model.named_buffers()}
        self._others = copy.deepcopy([thing.state_dict() for thing in (optimizer, scheduler) if thing is not None])
        self._random = torch.random.get_rng_state().clone()

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(self._parameters[name])
            for name, buffer in model.named_buffers():
                buffer.copy_(self._buffers[name])
        things = [thing for thing in (optimizer, scheduler) if thing is not None]
        for thing, state in zip(things, copy.deepcopy(self._others), strict=True):
            thing.load_state_dict(state)
        torch.random.set_rng_state(self._random.clone())
