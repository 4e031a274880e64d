# cause: the scheduler is called after every batch instead of after every optimizer step
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
        examples = sum(len(batch["labels"]) for batch in group)
        optimizer.zero_grad()
        for i, batch in enumerate(group):
            out = model(**batch)
            n = len(batch["labels"])
            (out.loss * n / examples).backward()
            total_loss += out.loss.item() * n
            correct += (out.logits.argmax(dim=-1) == batch["labels"]).sum().item()
            seen += n
            del out
            if i == len(group) - 1:
                nn.utils.clip_grad_norm_(model.parameters(), max_norm)
                optimizer.step()
            if scheduler is not None:
                scheduler.step()
    return total_loss / seen, correct / seen
