# cause: clips after every backward pass, an unfinished gradient, instead of once per group
# function: train_epoch
import itertools
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
    loss_sum, correct, seen = 0.0, 0, 0
    batches = iter(loader)
    while group := list(itertools.islice(batches, accum)):
        size = sum(len(batch["labels"]) for batch in group)
        optimizer.zero_grad()
        for batch in group:
            outputs = model(**batch)
            n = len(batch["labels"])
            (outputs.loss * n / size).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            loss_sum += outputs.loss.item() * n
            correct += (outputs.logits.argmax(dim=-1) == batch["labels"]).sum().item()
            seen += n
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return loss_sum / seen, correct / seen
