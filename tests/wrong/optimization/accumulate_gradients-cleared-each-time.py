# cause: Clears the gradients inside the loop, as in ordinary training, so only the last micro-batch remains.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    total = sum(len(targets) for _, targets in batches)
    result = 0.0
    for inputs, targets in batches:
        model.zero_grad()
        loss = loss_fn(model(inputs), targets) * len(targets) / total
        loss.backward()
        result += float(loss.detach())
    return result
