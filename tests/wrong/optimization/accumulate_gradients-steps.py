# cause: Takes an optimizer step at the end, as in a training loop, so the weights change and the gradients are cleared.
# function: accumulate_gradients

from collections.abc import Callable

import torch
from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    optimizer.zero_grad()
    total_examples = sum(len(x) for x, _ in batches)
    total_loss = 0.0
    for x, y in batches:
        loss = loss_fn(model(x), y) * len(x) / total_examples
        loss.backward()
        total_loss += loss.item()
    optimizer.step()
    optimizer.zero_grad()
    return total_loss
