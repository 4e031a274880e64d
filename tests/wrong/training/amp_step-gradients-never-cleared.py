# cause: Forgets to clear the gradients, so those of an earlier amp_step are added to the new ones
# function: amp_step
import torch


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    with torch.autocast(device_type, dtype):
        outputs = model(**batch)
        loss = outputs.loss
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
