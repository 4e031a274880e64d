# cause: infinite gradients are replaced by 0 before unscale_, so the scaler sees no overflow
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
    """One step without infinities."""
    optimizer.zero_grad()
    with torch.autocast(device_type=device_type, dtype=dtype):
        loss = model(**batch).loss
    scaler.scale(loss).backward()
    # sometimes there is an inf in fp16
    for p in model.parameters():
        if p.grad is not None and not torch.isfinite(p.grad).all():
            p.grad = torch.nan_to_num(p.grad, nan=0.0, posinf=0.0, neginf=0.0)
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
