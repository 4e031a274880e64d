# cause: Never calls scaler.update(), so the scale is never adapted; and: runs autocast in a fixed float16 and ignores the argument dtype
# function: amp_step
import torch


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    optimizer.zero_grad()
    with torch.autocast(device_type=device_type, dtype=torch.float16):
        loss = model(**batch).loss

    # scale, backward, unscale, clip, step
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    return loss.item()
