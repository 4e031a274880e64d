# cause: Counts the prefix once per layer, not for keys and values
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    counts = {
        "lora": n_layers * n_matrices * 2 * d * r,
        "adapter": n_layers * per_layer * (2 * d * bottleneck + bottleneck + d),
        "prefix": n_layers * n_virtual * d,
        "prompt": n_virtual * d,
    }
    if method not in counts:
        raise ValueError(method)
    return counts[method]
