# cause: Two neighbouring micro-batches of the same shape are concatenated, so a forward pass sees more examples than one micro-batch.
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
    total = sum(targets.size(0) for _, targets in batches)
    result, i = 0.0, 0
    while i < len(batches):
        inputs, targets = batches[i]
        i += 1
        # two small ones of the same shape go through together
        if i < len(batches) and batches[i][0].shape == inputs.shape and batches[i][1].shape == targets.shape:
            inputs = torch.cat((inputs, batches[i][0]))
            targets = torch.cat((targets, batches[i][1]))
            i += 1
        loss = loss_fn(model(inputs), targets).mul(targets.size(0) / total)
        loss.backward()
        result += loss.item()
        del loss
    return result
