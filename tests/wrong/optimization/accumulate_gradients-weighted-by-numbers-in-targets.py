# cause: A micro-batch is weighted by the numbers in its targets instead of its examples, which differs if targets have other lengths.
# function: accumulate_gradients
from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad(set_to_none=True)
    total = sum(targets.numel() for _, targets in batches)
    mean = 0.0
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets) * (targets.numel() / total)
        loss.backward()
        mean += loss.item()
    return mean
