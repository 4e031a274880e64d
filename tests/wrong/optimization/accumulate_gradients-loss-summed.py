# cause: The returned number is the sum of the losses of the micro-batches, while the gradient is weighted as it should be.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    for parameter in model.parameters():
        parameter.grad = None
    examples = sum(inputs.shape[0] for inputs, _ in batches)
    running_loss = 0.0
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets)
        (loss * (inputs.shape[0] / examples)).backward()
        running_loss += loss.item()
    return running_loss
