# cause: gets the returned loss from one extra forward pass of all examples at once, which is the memory that accumulation should save
# function: accumulate_gradients
from collections.abc import Callable

import torch
from torch import Tensor, nn


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    model.zero_grad(set_to_none=True)
    total = sum(inputs.shape[0] for inputs, _ in batches)
    for inputs, targets in batches:
        loss = loss_fn(model(inputs), targets)
        (loss * (inputs.shape[0] / total)).backward()
    with torch.no_grad():
        all_inputs = torch.cat([inputs for inputs, _ in batches])
        all_targets = torch.cat([targets for _, targets in batches])
        return loss_fn(model(all_inputs), all_targets).item()
