# cause: The decay is weight_decay * (ndim // 2), so parameters with four dimensions get twice the weight decay.
# function: decay_groups


def decay_groups(model, weight_decay=0.01):
    groups = {}
    for p in model.parameters():
        if p.requires_grad:
            groups.setdefault(weight_decay * (p.ndim // 2), []).append(p)
    return [{"params": ps, "weight_decay": wd} for wd, ps in groups.items()]
