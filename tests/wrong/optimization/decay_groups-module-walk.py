# cause: Walks over the modules and collects their own parameters, so tied weights come twice; and: frozen parameters are included
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    decay, rest = [], []
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.ndim >= 2:
                decay.append(p)
            else:
                rest.append(p)
    return [{"params": decay, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]
