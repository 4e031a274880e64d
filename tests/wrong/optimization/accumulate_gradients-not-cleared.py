# cause: Never clears the gradients from before, so they leak into the sum.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    n_examples = sum(inputs.shape[0] for inputs, _ in batches)
    mean_loss = 0.0
    for inputs, targets in batches:
        weight = inputs.shape[0] / n_examples
        loss = weight * loss_fn(model(inputs), targets)
        loss.backward()
        mean_loss += loss.item()
    return mean_loss
