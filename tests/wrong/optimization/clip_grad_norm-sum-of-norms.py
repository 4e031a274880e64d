# cause: The norms of the parameters are added up instead of their squares.
# function: clip_grad_norm
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    total_norm = 0.0
    for g in grads:
        total_norm += g.norm(2).item()
    if total_norm > max_norm:
        coef = max_norm / total_norm
        for g in grads:
            g.mul_(coef)
    return total_norm
