"""clip_grad_norm adds up squares in a loop and scales through .data; the branch goes the other way round."""


def clip_grad_norm(params, max_norm):
    kept, total = [], 0.0
    for p in params:
        if p.grad is None:
            continue
        kept.append(p)
        total += float((p.grad.double() ** 2).sum())
    norm = total**0.5
    if norm <= max_norm:
        return norm
    for p in kept:
        p.grad.data *= max_norm
        p.grad.data /= norm
    return norm
