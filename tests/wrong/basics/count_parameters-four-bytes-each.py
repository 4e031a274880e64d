# cause: Every number is taken to need four bytes, whatever its dtype.
# function: count_parameters
def count_parameters(model):
    total = trainable = 0
    for p in model.parameters():
        total += p.numel()
        if p.requires_grad:
            trainable += p.numel()
    return {"total": total, "trainable": trainable, "bytes": 4 * total}
