# cause: with accum > 1, only the last batch of a group adds its right answers
# function: train_epoch
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
    total_loss = 0.0
    right = seen = 0

    def update(group):
        nonlocal total_loss, right, seen
        size = sum((len(batch["labels"]) for batch in group))
        model.zero_grad()
        for batch in group:
            out = model(**batch)
            share = len(batch["labels"]) / size
            (out.loss * share).backward()
            total_loss += out.loss.item() * len(batch["labels"])
        right += (out.logits.argmax(dim=1) == batch["labels"]).sum().item()
        seen += size
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()

    group = []
    for batch in loader:
        group.append(batch)
        if len(group) == accum:
            update(group)
            group = []
    if group:
        update(group)
    return (total_loss / seen, right / seen)
