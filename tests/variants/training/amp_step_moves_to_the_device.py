"""amp_step: moves the model and the batch to the device once more, and asks the model for the type of its device."""

import torch
from torch import nn


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    model.to(device_type)
    device = next(model.parameters()).device
    batch = {key: value.to(device, non_blocking=True) for key, value in batch.items()}
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=dtype):
        loss = model(**batch).loss
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
