# cause: the weighted losses are added up and there is one backward pass at the end, so the activations of all micro-batches are held at once
# function: accumulate_gradients
from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad()
    total = sum(len(inputs) for inputs, _ in batches)
    loss = 0.0
    for inputs, targets in batches:
        loss = loss + loss_fn(model(inputs), targets) * len(inputs) / total
    loss.backward()
    return loss.item()
