"""amp_step that clips the scaled gradient to the scaled norm, and leaves the unscaling to the scaler's step."""

import torch


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    model.zero_grad(set_to_none=True)
    context = torch.autocast(device_type=device_type, dtype=dtype)
    context.__enter__()
    try:
        loss = model(**batch)["loss"]
    finally:
        context.__exit__(None, None, None)
    torch.autograd.backward(scaler.scale(loss))
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm * scaler.get_scale())
    scaler.step(optimizer)
    scaler.update()
    return float(loss)
