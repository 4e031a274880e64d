# cause: The last branch is a plain else, so that any unknown method is counted as prompt tuning.
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
        n = 2 * r * d * n_matrices * n_layers
    elif method == "adapter":
        down = d * bottleneck + bottleneck
        up = bottleneck * d + d
        n = (down + up) * per_layer * n_layers
    elif method == "prefix":
        n = n_virtual * d * 2 * n_layers
    else:
        n = n_virtual * d
    return n
