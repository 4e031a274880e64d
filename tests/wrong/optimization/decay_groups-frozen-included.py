# cause: Frozen parameters are put into the groups as well.
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    param_dict = {pn: p for pn, p in model.named_parameters()}
    decay_params = [p for n, p in param_dict.items() if p.dim() >= 2]
    nodecay_params = [p for n, p in param_dict.items() if p.dim() < 2]
    return [
        {"params": decay_params, "weight_decay": weight_decay},
        {"params": nodecay_params, "weight_decay": 0.0},
    ]
