# cause: The length is measured as the sum of absolute values instead of the Euclidean length.
# function: clip_grad_norm
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    norm = sum(g.abs().sum().item() for g in grads)
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    return float(norm)
