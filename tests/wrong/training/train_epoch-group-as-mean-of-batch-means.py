# cause: divides each loss by the number of batches in its group, so that batches of different sizes count the same
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
    total_loss = 0.0
    n_correct = n_examples = 0
    iterator = iter(loader)
    while True:
        group = list(itertools.islice(iterator, accum))
        if not group:
            break
        optimizer.zero_grad()
        for batch in group:
            output = model(**batch)
            (output.loss / len(group)).backward()  # the last group may be smaller than accum
            size = batch["labels"].size(0)
            total_loss += output.loss.item() * size
            n_correct += (output.logits.argmax(-1) == batch["labels"]).sum().item()
            n_examples += size
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    return total_loss / n_examples, n_correct / n_examples
