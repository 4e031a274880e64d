"""amp_step: autocast as a decorator of an inner function, and clipping by hand in float64, with new gradient
tensors.
"""

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
    @torch.autocast(device_type, dtype=dtype)
    def forward() -> Tensor:
        return model(**batch).loss

    for parameter in model.parameters():
        parameter.grad = None
    loss = forward()
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    learners = [parameter for parameter in model.parameters() if parameter.grad is not None]
    length = torch.stack([parameter.grad.double().square().sum() for parameter in learners]).sum().sqrt().item()
    if max_norm < length < float("inf"):
        for parameter in learners:
            parameter.grad = parameter.grad * (max_norm / length)
    scaler.step(optimizer)
    scaler.update()
    return loss.detach().double().item()
