# cause: Always adapts query and value, two matrices, and does not look at n_matrices.
# function: peft_param_count


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    counts = {
        "lora": 2 * n_layers * (2 * d * r),
        "adapter": per_layer * n_layers * (2 * d * bottleneck + bottleneck + d),
        "prefix": 2 * n_virtual * d * n_layers,
        "prompt": n_virtual * d,
    }
    if method not in counts:
        raise ValueError(method)
    return counts[method]
