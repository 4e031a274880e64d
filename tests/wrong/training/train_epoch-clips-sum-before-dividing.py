# cause: optimised too early: gradients of the summed loss are collected and divided by the number of examples at the end, but only after clipping
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
    """One pass, no list of batches: the size of a group is known only at its end."""
    model.train()
    total, hits, seen, in_group = 0.0, 0, 0, 0
    n_batches = len(loader)
    optimizer.zero_grad()
    for index, batch in enumerate(loader, start=1):
        n = len(batch["labels"])
        out = model(**batch)
        loss_sum = out.loss * n
        loss_sum.backward()
        total += loss_sum.item()
        hits += (out.logits.argmax(-1) == batch["labels"]).sum().item()
        seen += n
        in_group += n
        if index % accum == 0 or index == n_batches:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter.grad.div_(in_group)
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            optimizer.zero_grad()
            in_group = 0
    return total / seen, hits / seen
