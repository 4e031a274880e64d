# cause: Weighs only the reported loss and calls backward on the plain one, so the gradients are a sum of means.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    for p in model.parameters():
        p.grad = None
    count, summed = 0, 0.0
    for x, y in batches:
        loss = loss_fn(model(x), y)
        loss.backward()
        summed += loss.item() * x.size(0)
        count += x.size(0)
    return summed / count
