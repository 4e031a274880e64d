# cause: The virtual tokens of prompt tuning are counted for every layer, as for deep prompts.
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
    m = bottleneck
    match method:
        case "lora":
            count = n_matrices * (d * r + r * d)
        case "adapter":
            count = per_layer * (2 * d * m + m + d)
        case "prefix":
            count = 2 * n_virtual * d
        case "prompt":
            count = n_virtual * d
        case _:
            raise ValueError(method)
    return n_layers * count
