# cause: Every adapter is given a LayerNorm of 2 d numbers, which the documented design does not have.
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
    match method:
        case "lora":
            return n_layers * n_matrices * 2 * d * r
        case "adapter":
            one = d * bottleneck + bottleneck + bottleneck * d + d + 2 * d
            return n_layers * per_layer * one
        case "prefix":
            return 2 * n_layers * n_virtual * d
        case "prompt":
            return n_virtual * d
    raise ValueError(f"unknown method {method!r}")
