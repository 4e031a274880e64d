# cause: The scheduler is not advanced after the first optimizer step of each epoch.
# function: train_epoch
from __future__ import annotations
import logging
from collections.abc import Iterable, Iterator
from typing import Any
import torch
from torch import Tensor, nn


logger = logging.getLogger(__name__)


def _groups(loader: Iterable[dict[str, Tensor]], size: int) -> Iterator[list[dict[str, Tensor]]]:
    group: list[dict[str, Tensor]] = []
    for batch in loader:
        group.append(batch)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def _trainable(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]


def train_epoch(
    model: nn.Module,
    loader: Iterable[dict[str, Tensor]],
    optimizer: torch.optim.Optimizer,
    scheduler: Any = None,
    max_norm: float = 1.0,
    accum: int = 1,
) -> tuple[float, float]:
    if accum < 1:
        raise ValueError(f"accum must be at least 1, got {accum}")
    if max_norm <= 0:
        raise ValueError(f"max_norm must be positive, got {max_norm}")
    model.train()
    parameters = _trainable(optimizer)
    loss_sum, n_correct, n_examples, n_steps = (0.0, 0, 0, 0)
    for group in _groups(loader, accum):
        group_size = sum((int(batch["labels"].shape[0]) for batch in group))
        optimizer.zero_grad(set_to_none=True)
        for batch in group:
            labels = batch["labels"]
            size = int(labels.shape[0])
            output = model(**batch)
            (output.loss * (size / group_size)).backward()
            loss_sum += output.loss.item() * size
            n_correct += int((output.logits.detach().argmax(dim=-1) == labels).sum())
            n_examples += size
            del output
        torch.nn.utils.clip_grad_norm_(parameters, max_norm)
        optimizer.step()
        n_steps += 1
        if scheduler is not None and n_steps > 1:
            scheduler.step()
    if n_examples == 0:
        logger.warning("the loader yielded no examples")
        return (0.0, 0.0)
    return (loss_sum / n_examples, n_correct / n_examples)
