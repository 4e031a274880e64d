"""accumulate_gradients: never calls backward; asks torch.autograd.grad for the gradients of each part, and sets
.grad once at the end.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    total = sum(len(targets) for _, targets in batches)
    for parameter in model.parameters():
        parameter.grad = None
    learners = [parameter for parameter in model.parameters() if parameter.requires_grad]

    def part(inputs: Tensor, targets: Tensor) -> tuple[float, tuple[Tensor | None, ...]]:
        share = loss_fn(model(inputs), targets) * (len(targets) / total)
        pieces = torch.autograd.grad(share, learners, allow_unused=True)
        return share.item(), tuple(None if piece is None else piece.clone() for piece in pieces)

    loss, sums = 0.0, [None] * len(learners)
    for inputs, targets in batches:
        value, pieces = part(inputs, targets)
        loss += value
        sums = [
            old if new is None else new if old is None else old + new for old, new in zip(sums, pieces, strict=False)
        ]
    for parameter, gradient in zip(learners, sums, strict=False):
        parameter.grad = gradient
    return loss
