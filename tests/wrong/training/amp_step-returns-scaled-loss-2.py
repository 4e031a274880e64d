# cause: The name loss is reused for the scaled loss, and that is what is returned.
# function: amp_step

import torch
from torch import nn


def amp_step(
    model: nn.Module,
    batch: dict,
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    max_norm: float = 1.0,
    device_type: str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
) -> float:
    optimizer.zero_grad(set_to_none=True)
    with torch.amp.autocast(device_type, dtype=dtype):
        output = model(**batch)
        loss = output.loss
    loss = scaler.scale(loss)
    loss.backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), max_norm=max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.detach().item()
