# cause: Weighs the gradients rightly but returns the plain mean of the micro-batch losses.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad()
    sizes = [targets.shape[0] for _, targets in batches]
    losses = []
    for (inputs, targets), size in zip(batches, sizes):
        loss = loss_fn(model(inputs), targets)
        (loss * size / sum(sizes)).backward()
        losses.append(loss.item())
    return sum(losses) / len(losses)
