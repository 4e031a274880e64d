# cause: The bytes include the buffers, as get_memory_footprint does.
# function: count_parameters
def count_parameters(model):
    total = sum(p.numel() for p in model.parameters())
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    mem = sum(p.nelement() * p.element_size() for p in model.parameters())
    mem_bufs = sum(b.nelement() * b.element_size() for b in model.buffers())
    return {"total": total, "trainable": trainable, "bytes": mem + mem_bufs}
