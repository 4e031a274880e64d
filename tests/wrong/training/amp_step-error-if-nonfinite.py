# cause: clip_grad_norm_ with error_if_nonfinite raises an error on overflow, where the scaler should skip the step
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
    """One step."""
    optimizer.zero_grad(set_to_none=True)
    # version 1 was model.to(dtype), but then the weights are no longer float32
    with torch.autocast(device_type=device_type, dtype=dtype):
        out = model(**batch)
        loss = out.loss
    # loss.backward()
    scaled = scaler.scale(loss)
    scaled.backward()
    scaler.unscale_(optimizer)
    # norm = sum(p.grad.norm() ** 2 for p in model.parameters()) ** 0.5
    norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm, error_if_nonfinite=True)  # noqa: F841
    # optimizer.step()
    scaler.step(optimizer)
    scaler.update()
    return loss.detach().item()
