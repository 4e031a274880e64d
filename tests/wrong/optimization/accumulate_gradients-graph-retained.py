# cause: backward keeps the graph, so the activations of one micro-batch are still there while the next one runs forward.
# function: accumulate_gradients
from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad(set_to_none=True)
    total = sum(inputs.shape[0] for inputs, _ in batches)
    mean = 0.0
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets) * (inputs.shape[0] / total)
        loss.backward(retain_graph=True)
        mean += loss.item()
    return mean
