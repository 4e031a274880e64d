# cause: Long gradients are brought to length 1 instead of max_norm.
# function: clip_grad_norm
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    norm = sum(g.pow(2).sum().item() for g in grads) ** 0.5
    if norm > max_norm:
        for g in grads:
            g.div_(norm)
    return norm
