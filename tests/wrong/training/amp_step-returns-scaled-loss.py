# cause: Overwrites the loss with the scaled loss and returns that
# function: amp_step
import torch


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    model.zero_grad()
    with torch.autocast(device_type=device_type, dtype=dtype):
        loss = model(**batch).loss
    loss = scaler.scale(loss)
    loss.backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
