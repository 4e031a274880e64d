"""train_epoch: autograd.grad instead of backward; the group's gradient is one flat vector, cut into pieces
before the step.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
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
    model.train(True)
    learners = [parameter for parameter in model.parameters() if parameter.requires_grad]
    used: set[int] = set()

    def one(batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        output = model(**batch)
        pieces = torch.autograd.grad(output.loss, learners, allow_unused=True)
        used.update(place for place, piece in enumerate(pieces) if piece is not None)
        flat = torch.cat(
            [
                torch.zeros_like(p).flatten() if g is None else g.flatten()
                for p, g in zip(learners, pieces, strict=False)
            ]
        )
        right = output.logits.detach().max(dim=1).indices.eq(batch["labels"]).sum()
        size = len(batch["labels"])
        return flat * size, torch.tensor([size, size * output.loss.item(), right.item()], dtype=torch.float64)

    def groups() -> Iterator[list[tuple[Tensor, Tensor]]]:
        batches = iter(loader)
        for first in batches:
            used.clear()
            yield [one(batch) for batch in chain([first], islice(batches, accum - 1))]

    table = torch.zeros(3, dtype=torch.float64)
    for group in groups():
        gradient = sum(flat for flat, _ in group)
        counts = torch.stack([row for _, row in group]).sum(dim=0)
        gradient = gradient / counts[0].item()
        gradient = gradient * (max_norm / gradient.norm().clamp(min=max_norm))
        for place, (parameter, piece) in enumerate(
            zip(learners, gradient.split([p.numel() for p in learners]), strict=False)
        ):
            parameter.grad = piece.view_as(parameter).clone() if place in used else None
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        table += counts
    examples, loss, right = table.tolist()
    return loss / examples, right / examples
