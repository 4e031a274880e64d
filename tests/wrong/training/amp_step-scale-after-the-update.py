# cause: The scaled loss is divided by the scale after update, which is another one if the scale has just changed.
# function: amp_step
import torch
from torch import Tensor, nn


def _theta(optimizer):
    return [p for g in optimizer.param_groups for p in g["params"]]


def amp_step(
    model: nn.Module,
    batch: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    max_norm: float = 1.0,
    device_type: str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
) -> float:
    optimizer.zero_grad()
    with torch.autocast(device_type=device_type, dtype=dtype):
        loss = model(**batch).loss
    scaled = scaler.scale(loss)
    scaled.backward()
    nn.utils.clip_grad_norm_(_theta(optimizer), max_norm * scaler.get_scale())
    scaler.step(optimizer)
    scaler.update()
    return scaled.item() / scaler.get_scale()
