# cause: The number of examples of a micro-batch is taken as the longest dimension of the inputs (MATLAB's length) instead of the first one.
# function: accumulate_gradients
from collections.abc import Callable
from torch import Tensor, nn


def length(x: Tensor) -> int:
    return max(x.shape)


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    for p in model.parameters():
        p.grad = None

    n_total = 0
    for inputs, _ in batches:
        n_total += length(inputs)

    mean = 0.0
    for inputs, targets in batches:
        share = length(inputs) / n_total
        loss = share * loss_fn(model(inputs), targets)
        loss.backward()
        mean += loss.item()
        del loss
    return mean
