# cause: The decay is always 0.01; the argument weight_decay is ignored.
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    big = []
    small = []
    for p in model.parameters():
        if p.requires_grad:
            (big if len(p.shape) > 1 else small).append(p)
    return [{"params": big, "weight_decay": 0.01}, {"params": small, "weight_decay": 0.0}]
