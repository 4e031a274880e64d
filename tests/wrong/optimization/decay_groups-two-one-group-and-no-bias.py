# cause: The parameters that do not decay are left out of all groups; and frozen ones are included.
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    return [{"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": weight_decay}]
