# cause: A micro-batch smaller than the first one is skipped, as drop_last does in a DataLoader.
# function: accumulate_gradients

from collections.abc import Callable

from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad()
    size = len(batches[0][0])
    full = [(x, y) for x, y in batches if len(x) >= size]
    n = sum(len(x) for x, _ in full)
    mean = 0.0
    for x, y in full:
        loss = loss_fn(model(x), y) * len(x) / n
        loss.backward()
        mean += loss.item()
    return mean
