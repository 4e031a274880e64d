# cause: Divides the gradients by the scale by hand instead of with scaler.unscale_, so scaler.step unscales them a second time
# function: amp_step
import torch


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    optimizer.zero_grad()
    with torch.autocast(device_type=device_type, dtype=dtype):
        loss = model(**batch).loss
    scaler.scale(loss).backward()
    scale = scaler.get_scale()
    for p in model.parameters():
        if p.grad is not None:
            p.grad /= scale
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
