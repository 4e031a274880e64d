# cause: Believes that every adapted matrix is square, so that both factors have d * r numbers.
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    per_layer = 0
    full = 0
    for d, k in shapes:
        per_layer += 2 * d * r
        full += d * k
    lora = per_layer * n_layers
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
