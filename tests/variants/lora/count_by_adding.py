"""peft_param_count adds layer by layer with if and elif, and refuses by TypeError."""


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
    if method not in ("lora", "adapter", "prefix", "prompt"):
        raise TypeError(f"what is {method}?")
    if method == "prompt":
        return d * n_virtual
    total = 0
    for _layer in range(n_layers):
        if method == "lora":
            for _matrix in range(n_matrices):
                total += r * d
                total += d * r
        elif method == "adapter":
            for _adapter in range(per_layer):
                total += d * bottleneck + bottleneck
                total += bottleneck * d + d
        else:
            total += n_virtual * d  # keys
            total += n_virtual * d  # values
    return total
