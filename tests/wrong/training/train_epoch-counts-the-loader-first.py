# cause: a first pass over the loader counts the examples, so the loader is iterated over twice
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
    trainable = [p for p in model.parameters() if p.requires_grad]
    sizes = [len(batch["labels"]) for batch in loader]
    loss_sum, hits = 0.0, 0
    batches = iter(loader)
    while group := list(itertools.islice(batches, accum)):
        examples = sum(len(batch["labels"]) for batch in group)
        optimizer.zero_grad()
        for batch in group:
            out = model(**batch)
            n = len(batch["labels"])
            (out.loss * (n / examples)).backward()
            loss_sum += out.loss.item() * n
            hits += (out.logits.argmax(dim=-1) == batch["labels"]).sum().item()
        nn.utils.clip_grad_norm_(trainable, max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return loss_sum / sum(sizes), hits / sum(sizes)
