# cause: Updates the scaler only if the norm of the gradient is not finite.
# function: amp_step
import torch
from torch import nn


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    optimizer.zero_grad()
    with torch.autocast(device_type, dtype=dtype):
        loss = model(**batch).loss
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)  # from here on, .grad is the true gradient
    norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    if not torch.isfinite(norm):
        scaler.update()
    return loss.item()
