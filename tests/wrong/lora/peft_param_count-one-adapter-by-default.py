# cause: per_layer defaults to 1, where Houlsby's design and the signature have two adapters per layer
# function: peft_param_count
def peft_param_count(
    method: str,
    *,
    d: int,
    n_layers: int,
    r: int = 0,
    n_matrices: int = 2,
    bottleneck: int = 0,
    per_layer: int = 1,
    n_virtual: int = 0,
) -> int:
    if method == "lora":
        return n_layers * n_matrices * r * (d + d)
    if method == "adapter":
        return n_layers * per_layer * (2 * d * bottleneck + bottleneck + d)
    if method == "prefix":
        return n_layers * 2 * n_virtual * d
    if method == "prompt":
        return n_virtual * d
    raise ValueError(f"unknown method {method!r}")
