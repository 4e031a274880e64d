# cause: Does not clear the gradients from before; and: divides by the number of micro-batches as if all were of equal size.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    accumulation_steps = len(batches)
    epoch_loss = 0.0
    for inputs, labels in batches:
        outputs = model(inputs)
        loss = loss_fn(outputs, labels)
        loss = loss / accumulation_steps
        loss.backward()
        epoch_loss += loss.item()
    return epoch_loss
