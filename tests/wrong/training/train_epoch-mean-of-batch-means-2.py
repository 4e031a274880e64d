# cause: every loss of a group is divided by the number of its batches, so a small batch counts as much as a large one in the gradient
# function: train_epoch
from collections.abc import Iterable
from itertools import islice
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
    total_loss, correct, seen = 0.0, 0, 0
    iterator = iter(loader)
    while group := list(islice(iterator, accum)):
        optimizer.zero_grad()
        for batch in group:
            out = model(**batch)
            (out.loss / len(group)).backward()
            n = len(batch["labels"])
            total_loss += out.loss.item() * n
            correct += (out.logits.argmax(dim=-1) == batch["labels"]).sum().item()
            seen += n
            del out
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return total_loss / seen, correct / seen
