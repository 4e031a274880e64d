# cause: The factors are counted as 2 * d * r, which holds only for square matrices.
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora = 0
    full = 0
    for d, k in shapes:
        lora += 2 * d * r
        full += d * k
    lora *= n_layers
    full *= n_layers
    report = {
        "lora_params": lora,
        "trainable": lora + head_params,
        "kept_ratio": lora / full,
        "reduction": 1 - lora / full,
    }
    if base_params is not None:
        report["trainable_ratio"] = (lora + head_params) / (base_params + lora)
    return report
