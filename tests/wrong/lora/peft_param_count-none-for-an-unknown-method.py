# cause: For an unknown method, None is returned.
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
            return n_layers * n_matrices * r * (d + d)
        case "adapter":
            return n_layers * per_layer * (2 * d * bottleneck + bottleneck + d)
        case "prefix":
            return n_layers * 2 * n_virtual * d
        case "prompt":
            return n_virtual * d
        case _:
            return None
