# cause: Divides each loss by the number of micro-batches, which is right only if all are of equal size.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad()
    running = 0.0
    for x, y in batches:
        loss = loss_fn(model(x), y) / len(batches)
        loss.backward()
        running += loss.item()
    return running
