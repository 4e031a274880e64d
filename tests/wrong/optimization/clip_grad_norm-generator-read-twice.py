# cause: The iterable is read twice, so with a generator the second loop is empty and nothing is clipped.
# function: clip_grad_norm
def clip_grad_norm(params, max_norm):
    total = 0.0
    for p in params:
        if p.grad is not None:
            total += p.grad.detach().pow(2).sum().item()
    total = total**0.5
    if total > max_norm:
        for p in params:
            if p.grad is not None:
                p.grad.mul_(max_norm / total)
    return total
