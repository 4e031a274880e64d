# cause: Parameter tensors are counted instead of the numbers in them.
# function: count_parameters
def count_parameters(model):
    params = list(model.parameters())
    return {
        "total": len(params),
        "trainable": len([p for p in params if p.requires_grad]),
        "bytes": sum(p.numel() * p.element_size() for p in params),
    }
