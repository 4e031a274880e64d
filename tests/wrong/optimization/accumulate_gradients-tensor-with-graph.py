# cause: Adds up the losses as tensors and returns a tensor that the graph still hangs on, not a plain number.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad()
    n = sum(x.shape[0] for x, _ in batches)
    total_loss = 0
    for x, y in batches:
        loss = loss_fn(model(x), y) * (x.shape[0] / n)
        loss.backward()
        total_loss += loss
    return total_loss
