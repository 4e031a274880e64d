# cause: The bytes are added up over the trainable parameters only, instead of over all.
# function: count_parameters
def count_parameters(model):
    counts = {"total": 0, "trainable": 0, "bytes": 0}
    for p in model.parameters():
        counts["total"] += p.numel()
        if p.requires_grad:
            counts["trainable"] += p.numel()
            counts["bytes"] += p.numel() * p.element_size()
    return counts
