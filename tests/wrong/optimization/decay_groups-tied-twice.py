# cause: Tied weights stand in a group twice, since the state is walked name by name without looking at identity.
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    groups = {True: [], False: []}
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad:
                groups[p.dim() > 1].append(p)
    return [
        {"params": groups[True], "weight_decay": weight_decay},
        {"params": groups[False], "weight_decay": 0.0},
    ]
