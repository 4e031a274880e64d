# cause: The parameters are gathered module by module, so tied weights are listed once for each module that holds them.
# function: decay_groups


def decay_groups(model, weight_decay=0.01):
    groups = [dict(params=[], weight_decay=weight_decay), dict(params=[], weight_decay=0.0)]
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad:
                groups[p.dim() < 2]["params"].append(p)
    return groups
