# cause: The second group is made but gets the same weight decay as the first.
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    params = [p for p in model.parameters() if p.requires_grad]
    matrices = [p for p in params if p.dim() >= 2]
    vectors = [p for p in params if p.dim() < 2]
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": weight_decay},
    ]
