# cause: from a blog: clip_grad_norm_ stands right after backward, so a group's unfinished gradient is clipped after every batch, not once per group
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
    """Groups of batches, one step each."""
    model.train()
    total, hits, seen = 0.0, 0, 0
    batches = iter(loader)
    while group := list(itertools.islice(batches, accum)):
        size = sum(len(batch["labels"]) for batch in group)
        optimizer.zero_grad()
        for batch in group:
            n = len(batch["labels"])
            out = model(**batch)
            (out.loss * n / size).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            total += out.loss.item() * n
            hits += int((out.logits.argmax(dim=-1) == batch["labels"]).sum())
            seen += n
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return total / seen, hits / seen
