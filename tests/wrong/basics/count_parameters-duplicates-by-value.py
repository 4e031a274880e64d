# cause: Duplicates are removed by value, so different parameters with equal values are counted once.
# function: count_parameters
import torch


def unique(xs):
    out = []
    for x in xs:
        known = False
        for y in out:
            if x.shape == y.shape and x.dtype == y.dtype and torch.equal(x, y):
                known = True
                break
        if not known:
            out.append(x)
    return out


def count_parameters(model):
    params = unique([p.detach() for p in model.parameters()])
    trainable = unique([p.detach() for p in model.parameters() if p.requires_grad])
    total = 0
    size = 0
    for p in params:
        total = total + p.numel()
        size = size + p.numel() * p.element_size()
    free = 0
    for p in trainable:
        free = free + p.numel()
    return {'total': total, 'trainable': free, 'bytes': size}
