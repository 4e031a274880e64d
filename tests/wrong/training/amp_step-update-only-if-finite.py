# cause: It checks for an overflow itself and calls the scaler's step and update only when the norm is finite, so after an overflow the scale is never lowered.
# function: amp_step

import torch


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    optimizer.zero_grad()
    with torch.autocast(device_type=device_type, dtype=dtype):
        loss = model(**batch).loss
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    if torch.isfinite(norm):
        scaler.step(optimizer)
        scaler.update()
    return loss.item()
