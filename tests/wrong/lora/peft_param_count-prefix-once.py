# cause: A prefix is counted once per layer, although keys and values have one each.
# function: peft_param_count


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    counts = {
        "lora": n_layers * n_matrices * (d * r + r * d),
        "adapter": n_layers * per_layer * (2 * d * bottleneck + d + bottleneck),
        "prefix": n_layers * n_virtual * d,
        "prompt": n_virtual * d,
    }
    if method not in counts:
        raise ValueError(f"unknown method: {method}")
    return counts[method]
