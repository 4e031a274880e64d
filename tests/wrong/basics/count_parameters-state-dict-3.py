# cause: Measures the bytes over state_dict(), so buffers are included and shared tensors count twice
# function: count_parameters
def count_parameters(model):
    total = sum(p.numel() for p in model.parameters())
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    size = sum(t.numel() * t.element_size() for t in model.state_dict().values())
    return {"total": total, "trainable": trainable, "bytes": size}
