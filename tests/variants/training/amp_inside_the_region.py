"""amp_step goes backward inside the region, clears at the end, clips what is in the optimizer, returns a tensor."""

import torch


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    params = [p for group in optimizer.param_groups for p in group["params"]]
    with torch.amp.autocast(device_type=device_type, dtype=dtype):
        outputs = model(**{key: value.to(device_type) for key, value in batch.items()})
        loss = outputs.loss
        scaler.scale(loss).backward()  # inside the region: discouraged, and harmless here
    scaler.unscale_(optimizer)
    torch.nn.utils.clip_grad_norm_(params, max_norm=max_norm, error_if_nonfinite=False)
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad(set_to_none=False)
    return loss.detach()
