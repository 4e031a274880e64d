# cause: precedence: the biases of the adapters are counted once in all
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
    counts = {
        "lora": lambda: n_layers * n_matrices * r * 2 * d,
        "adapter": lambda: n_layers * per_layer * 2 * d * m + m + d,
        "prefix": lambda: n_layers * n_virtual * 2 * d,
        "prompt": lambda: n_virtual * d,
    }
    if method not in counts:
        raise ValueError(f"{method!r} is none of {', '.join(counts)}")
    return counts[method]()
