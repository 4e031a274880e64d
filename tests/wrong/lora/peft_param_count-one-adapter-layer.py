# cause: Counts one adapter per layer whatever per_layer says; and: gives the down projection's bias d numbers as well, as if both biases were as wide as the block.
# function: peft_param_count


def _adapter(d, m):
    return d * m + d + m * d + d


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    if method not in ("lora", "adapter", "prefix", "prompt"):
        raise ValueError(f"no such method: {method}")
    if method == "prompt":
        return d * n_virtual
    total = 0
    for _ in range(n_layers):
        if method == "lora":
            total += n_matrices * r * (d + d)
        elif method == "adapter":
            total += _adapter(d, bottleneck)
        else:
            total += n_virtual * d + n_virtual * d
    return total
