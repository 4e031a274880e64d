# cause: The state dict is summed, which counts shared tensors twice and buffers too.
# function: count_parameters
def count_parameters(model):
    total = sum(t.numel() for t in model.state_dict().values())
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    size = sum(t.numel() * t.element_size() for t in model.state_dict().values())
    return {"total": total, "trainable": trainable, "bytes": size}
