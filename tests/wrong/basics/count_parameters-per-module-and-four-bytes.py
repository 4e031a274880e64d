# cause: The parameters are collected module by module, so a shared tensor counts once for each owner; and: every number is taken to need four bytes, whatever its dtype.
# function: count_parameters


def count_parameters(model):
    total = 0
    trainable = 0
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            n = parameter.numel()
            total += n
            if parameter.requires_grad:
                trainable += n
    return {"total": total, "trainable": trainable, "bytes": total * 4}
