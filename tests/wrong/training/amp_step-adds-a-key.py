# cause: Writes into the caller's batch: the labels are converted there.
# function: amp_step
import torch
from torch import nn


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    optimizer.zero_grad()
    batch["n"] = torch.tensor(len(batch["labels"]))
    with torch.autocast(device_type, dtype=dtype):
        loss = model(**{key: value for key, value in batch.items() if key != "n"}).loss
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)  # from here on, .grad is the true gradient
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
