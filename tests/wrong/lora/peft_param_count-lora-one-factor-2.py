# cause: Only one of the two factors of LoRA is counted.
# function: peft_param_count


def peft_param_count(
    method: str,
    *,
    d: int,
    n_layers: int,
    r: int = 0,
    n_matrices: int = 2,
    bottleneck: int = 0,
    per_layer: int = 2,
    n_virtual: int = 0,
) -> int:
    if method == "lora":
        total = 0
        for _ in range(n_layers):
            total += n_matrices * d * r
        return total
    elif method == "adapter":
        down = d * bottleneck + bottleneck
        up = bottleneck * d + d
        return n_layers * per_layer * (down + up)
    elif method == "prefix":
        return n_layers * (n_virtual + n_virtual) * d
    elif method == "prompt":
        return n_virtual * d
    else:
        raise ValueError("method must be lora, adapter, prefix or prompt")
