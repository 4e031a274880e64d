# cause: Gradients are always brought to max_norm, short ones are lengthened too.
# function: clip_grad_norm
def clip_grad_norm(params, max_norm):
    grads = [p.grad for p in params if p.grad is not None]
    sq = 0.0
    for g in grads:
        sq += float((g * g).sum())
    norm = sq**0.5
    if norm > 0:
        for g in grads:
            g.mul_(max_norm / norm)
    return norm
