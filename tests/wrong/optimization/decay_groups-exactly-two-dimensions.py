# cause: Only parameters with exactly two dimensions decay, so the kernels of a convolution do not.
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    out = []
    for p in model.parameters():
        if p.requires_grad:
            out.append({"params": [p], "weight_decay": weight_decay if p.dim() == 2 else 0.0})
    return out
