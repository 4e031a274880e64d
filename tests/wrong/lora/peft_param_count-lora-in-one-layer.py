# cause: N_matrices is taken as a number for the whole model, so LoRA is not multiplied by the layers.
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
    counts = {
        "lora": n_matrices * (d * r + r * d),
        "adapter": n_layers * per_layer * (2 * d * bottleneck + bottleneck + d),
        "prefix": n_layers * 2 * n_virtual * d,
        "prompt": n_virtual * d,
    }
    if method not in counts:
        raise ValueError(method)
    return counts[method]
