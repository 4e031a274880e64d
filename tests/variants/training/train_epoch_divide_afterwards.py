"""train_epoch: adds up the gradients of SUMS of losses and divides by the examples of the group afterwards, so
no look-ahead.
"""

import math
from collections.abc import Iterable
from itertools import groupby
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
    def learn(batch: dict[str, Tensor]) -> tuple[int, float, int]:
        size = batch["labels"].shape[0]
        output = model(**batch)
        summed = output.loss * size
        summed.backward()
        hits = (output.logits.argmax(dim=-1) == batch["labels"]).sum()
        return size, summed.item(), int(hits)

    def step(examples: int) -> None:
        gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
        norm = math.hypot(*(float(gradient.double().norm()) for gradient in gradients)) / examples
        shrink = min(1.0, max_norm / norm) if norm > 0 else 1.0
        for gradient in gradients:
            gradient.mul_(shrink / examples)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()

    model.train()
    totals = (0, 0.0, 0)
    for _, group in groupby(enumerate(loader), key=lambda pair: pair[0] // accum):
        model.zero_grad(set_to_none=True)
        figures = [learn(batch) for _, batch in group]
        step(sum(size for size, _, _ in figures))
        totals = tuple(map(sum, zip(totals, *figures, strict=False)))
    examples, loss, hits = totals
    return loss / examples, hits / examples
