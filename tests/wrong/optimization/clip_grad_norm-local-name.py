# cause: "g = g * factor" only rebinds a local name, so the gradients stay as they are.
# function: clip_grad_norm
def clip_grad_norm(params, max_norm):
    gradients = [p.grad for p in params if p.grad is not None]
    length = sum((g**2).sum().item() for g in gradients) ** 0.5
    if length > max_norm:
        factor = max_norm / length
        for g in gradients:
            g = g * factor
    return length
