# cause: All numbers are taken to have the size of the first parameter's dtype, although the parameters of a model may have different ones.
# function: count_parameters


def count_parameters(model):
    params = list(model.parameters())
    total = sum(p.numel() for p in params)
    size = params[0].element_size() if params else 0
    return {
        "total": total,
        "trainable": sum(p.numel() for p in params if p.requires_grad),
        "bytes": total * size,
    }
