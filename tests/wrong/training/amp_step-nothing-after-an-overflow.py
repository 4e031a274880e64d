# cause: after an overflow, it returns without scaler.step and scaler.update
# function: amp_step
import torch
from torch import Tensor, nn


def amp_step(
    model: nn.Module,
    batch: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    max_norm: float = 1.0,
    device_type: str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
) -> float:
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast(device_type=device_type, dtype=dtype):
        loss = model(**batch).loss
    scaled = scaler.scale(loss)
    scaled.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm * scaler.get_scale())
    if not torch.isfinite(norm):
        optimizer.zero_grad(set_to_none=True)
        return loss.item()
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
