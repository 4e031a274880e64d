# cause: One adapter per layer is counted; per_layer is ignored.
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    if method == "lora":
        return n_layers * n_matrices * r * (d + d)
    elif method == "adapter":
        m = bottleneck
        return n_layers * (2 * d * m + m + d)
    elif method == "prefix":
        return n_layers * n_virtual * 2 * d
    elif method == "prompt":
        return n_virtual * d
    raise ValueError("method must be lora, adapter, prefix or prompt")
