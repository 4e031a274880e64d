# cause: weighs the gradients by examples but returns the plain mean of the micro-batches' mean losses
# function: accumulate_gradients
from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad()
    n_examples = sum(len(targets) for _, targets in batches)
    total = 0.0
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets)
        (loss * len(targets) / n_examples).backward()
        total += loss.item()
    return total / len(batches)
