# cause: Biases and norms decay, and the matrices do not: the condition is the wrong way round.
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    decay, no_decay = [], []
    for p in model.parameters():
        if not p.requires_grad:
            continue
        if p.ndim <= 1:
            decay.append(p)
        else:
            no_decay.append(p)
    return [dict(params=decay, weight_decay=weight_decay), dict(params=no_decay, weight_decay=0.0)]
