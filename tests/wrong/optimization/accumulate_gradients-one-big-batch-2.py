# cause: Joins all micro-batches into one and runs a single forward pass, which is what accumulation should spare.
# function: accumulate_gradients

from collections.abc import Callable

import torch
from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad()
    inputs = torch.cat([b[0] for b in batches])
    targets = torch.cat([b[1] for b in batches])
    loss = loss_fn(model(inputs), targets)
    loss.backward()
    return loss.item()
