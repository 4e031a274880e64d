# cause: Each loss is weighted by the examples seen so far instead of all examples, so early micro-batches weigh too much.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad(set_to_none=True)
    seen = 0
    total = 0.0
    for inputs, targets in batches:
        seen += inputs.size(0)
        loss = loss_fn(model(inputs), targets)
        scaled = loss * inputs.size(0) / seen
        scaled.backward()
        total += loss.item() * inputs.size(0)
    return total / seen
