# cause: Both biases of an adapter are counted with the width of the bottleneck, although the up projection has d of them.
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
        return n_layers * n_matrices * 2 * d * r
    if method == "adapter":
        projection = d * bottleneck + bottleneck
        return n_layers * per_layer * 2 * projection
    if method == "prefix":
        return 2 * n_layers * n_virtual * d
    if method == "prompt":
        return n_virtual * d
    raise ValueError(f"unknown method {method!r}")
