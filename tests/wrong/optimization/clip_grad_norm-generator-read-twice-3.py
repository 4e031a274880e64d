# cause: The parameters are read twice, but a generator is empty after the first time, so nothing is clipped.
# function: clip_grad_norm


def clip_grad_norm(params, max_norm):
    square_sum = 0.0
    for p in params:
        if p.grad is not None:
            square_sum += p.grad.norm(2).item() ** 2
    norm = square_sum**0.5
    if norm > max_norm:
        for p in params:
            if p.grad is not None:
                p.grad.mul_(max_norm / norm)
    return norm
