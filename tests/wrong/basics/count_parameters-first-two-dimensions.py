# cause: The size is computed as rows times columns, which crashes on a bias and ignores further dimensions.
# function: count_parameters
def count_parameters(model):
    total = 0
    trainable = 0
    memory = 0
    for name, p in model.named_parameters():
        n = p.shape[0] * p.shape[1]
        total += n
        memory += n * p.element_size()
        if p.requires_grad:
            trainable += n
    return {"total": total, "trainable": trainable, "bytes": memory}
