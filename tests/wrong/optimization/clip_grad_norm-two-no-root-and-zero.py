# cause: The root is missing: the sum of squares is taken for the norm; and without any gradient None is returned.
# function: clip_grad_norm
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    if not grads:
        return
    norm = sum(float(g.pow(2).sum()) for g in grads)
    if norm > max_norm:
        for g in grads:
            g.mul_(max_norm / norm)
    return norm
