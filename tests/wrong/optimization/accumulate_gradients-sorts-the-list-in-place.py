# cause: sorts the caller's list of micro-batches in place
# function: accumulate_gradients

from collections.abc import Callable
import torch
from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module, batches: list[tuple[Tensor, Tensor]], loss_fn: Callable[[Tensor, Tensor], Tensor]
) -> float:
    for p in model.parameters():
        p.grad = None
    batches.sort(key=lambda pair: pair[0].numel(), reverse=True)
    sizes = [targets.shape[0] for _, targets in batches]
    inverse = 1.0 / sum(sizes)
    total = 0.0
    for (inputs, targets), size in zip(batches, sizes):
        loss = loss_fn(model(inputs), targets)
        loss.backward(torch.full_like(loss, size * inverse))
        total += loss.item() * size
        del loss
    return total * inverse
