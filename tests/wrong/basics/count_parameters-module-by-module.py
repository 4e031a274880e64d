# cause: Walks module by module and adds up the parameters of each, so shared ones count once for every owner
# function: count_parameters
def count_parameters(model):
    total = trainable = nbytes = 0
    for module in model.modules():
        for p in module.parameters(recurse=False):
            total += p.numel()
            nbytes += p.nelement() * p.element_size()
            if p.requires_grad:
                trainable += p.numel()
    return {"total": total, "trainable": trainable, "bytes": nbytes}
