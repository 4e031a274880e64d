# cause: Two adapters per layer are written into the formula ("two in Houlsby's design"), and per_layer is never used.
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
        one = 2 * d * bottleneck + bottleneck + d
        return n_layers * 2 * one  # after attention and after the feed-forward block
    if method == "prefix":
        return n_layers * 2 * n_virtual * d
    if method == "prompt":
        return n_virtual * d
    raise ValueError(f"unknown method {method!r}")
