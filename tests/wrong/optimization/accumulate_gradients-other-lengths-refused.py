# cause: a guard refuses micro-batches whose other dimensions differ from those of the first
# function: accumulate_gradients
from collections.abc import Callable

from torch import Tensor, nn


def _require(condition: bool, message: str) -> None:
    """Fail early and loudly."""
    if not condition:
        raise ValueError(message)


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    """Checks the micro-batches first."""
    _require(len(batches) > 0, "there must be at least one micro-batch")
    features = batches[0][0].shape[1:]
    for number, (inputs, targets) in enumerate(batches):
        _require(len(inputs) == len(targets), f"micro-batch {number}: {len(inputs)} inputs, {len(targets)} targets")
        _require(inputs.shape[1:] == features, f"micro-batch {number}: features {tuple(inputs.shape[1:])}")
    examples = sum(len(targets) for _, targets in batches)
    _require(examples > 0, "there must be at least one example")

    model.zero_grad(set_to_none=True)
    mean_loss = 0.0
    for inputs, targets in batches:
        share = len(targets) / examples
        loss = loss_fn(model(inputs), targets) * share
        loss.backward()
        mean_loss += loss.item()
        del loss
    return mean_loss
