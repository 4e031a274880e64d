# cause: modules() is combined with parameters(), which is recursive already, so nested layers count several times.
# function: count_parameters
def count_parameters(model):
    total, trainable, n_bytes = 0, 0, 0
    for module in model.modules():
        for p in module.parameters():
            total += p.numel()
            trainable += p.numel() if p.requires_grad else 0
            n_bytes += p.numel() * p.element_size()
    return {"total": total, "trainable": trainable, "bytes": n_bytes}
