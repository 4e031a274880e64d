# cause: Adds up the losses and calls backward once at the end, so the activations of all micro-batches are kept.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad(set_to_none=True)
    total = sum(x.shape[0] for x, _ in batches)
    loss = 0.0
    for x, y in batches:
        loss = loss + loss_fn(model(x), y) * (x.shape[0] / total)
    loss.backward()
    return loss.item()
