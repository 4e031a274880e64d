"""peft_param_count: every method is a list of (how many, shape); the count is a sum of products."""

from math import prod


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
            tensors = [(n_layers, n_matrices, d, r), (n_layers, n_matrices, r, d)]
        case "adapter":
            places = n_layers, per_layer
            tensors = [(*places, d, bottleneck), (*places, bottleneck), (*places, bottleneck, d), (*places, d)]
        case "prefix":
            tensors = [(n_layers, n_virtual, d) for _ in ("keys", "values")]
        case "prompt":
            tensors = [(n_virtual, d)]
        case unknown:
            raise ValueError(unknown)
    return sum(map(prod, tensors))
