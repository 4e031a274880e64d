# cause: One adapter per layer is counted whatever per_layer says; and: every unknown method is counted as prompt tuning instead of raising an error.
# function: peft_param_count


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    if method == "lora":
        return n_layers * n_matrices * 2 * d * r
    elif method == "adapter":
        down = d * bottleneck + bottleneck
        up = bottleneck * d + d
        return n_layers * (down + up)
    elif method == "prefix":
        return n_layers * 2 * n_virtual * d
    else:
        return n_virtual * d
