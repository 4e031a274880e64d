# cause: nan_to_num replaces overflowed gradients before the scaler checks them, so the step is not skipped (and the scale is not halved)
# function: amp_step
from collections.abc import Iterable
import torch
from torch import Tensor, nn


def _norm(gradients: Iterable[Tensor]) -> Tensor:
    """The L2 norm of all gradients as one vector."""
    return torch.cat([g.double().flatten() for g in gradients]).square().sum().sqrt()


def amp_step(
    model: nn.Module,
    batch: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    max_norm: float = 1.0,
    device_type: str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
) -> float:
    model.zero_grad(set_to_none=True)
    with torch.autocast(device_type, dtype=dtype):
        loss = model(**batch).loss
    scaler.scale(loss).backward()

    # |s g| <= s max_norm is the same as |g| <= max_norm
    limit = max_norm * scaler.get_scale()
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    factor = (limit / _norm(gradients)).clamp(max=1.0).item()
    for g in gradients:
        torch.nan_to_num(g * factor, nan=0.0, posinf=limit, neginf=-limit, out=g)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
