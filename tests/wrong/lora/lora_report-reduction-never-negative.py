# cause: Thinks that a reduction cannot be negative and clips it at zero.
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    factors = n_layers * sum(d * r + r * k for d, k in shapes)
    matrices = n_layers * sum(d * k for d, k in shapes)
    kept = factors / matrices
    extra = {} if base_params is None else {"trainable_ratio": (factors + head_params) / (base_params + factors)}
    return {
        "lora_params": factors,
        "trainable": factors + head_params,
        "kept_ratio": kept,
        "reduction": max(0.0, 1 - kept),
        **extra,
    }
