# cause: in a hurry: the gradient is weighted by the sizes of the micro-batches, but the returned loss is the plain mean of their losses
# function: accumulate_gradients
from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    """Weighted backward passes."""
    model.zero_grad(set_to_none=True)
    n_examples = sum(len(inputs) for inputs, _ in batches)
    losses = []
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets)
        (loss * (len(inputs) / n_examples)).backward()
        losses.append(loss.item())
    return sum(losses) / len(losses)
