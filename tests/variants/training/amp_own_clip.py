"""amp_step with a clip of its own, in float64, after unscaling; the model is put into training mode along the way."""

import torch


def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    model.train()
    for p in model.parameters():
        p.grad = None
    with torch.autocast(device_type, dtype):
        output = model(**dict(batch))
    scaled = scaler.scale(output.loss)
    scaled.backward()
    scaler.unscale_(optimizer)
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    length = sum(g.double().square().sum().item() for g in grads) ** 0.5
    if length > max_norm:
        for g in grads:
            g.mul_(max_norm / length)
    scaler.step(optimizer)
    scaler.update()
    return output.loss.detach().item()
