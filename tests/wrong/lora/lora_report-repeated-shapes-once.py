# cause: Equal shapes are collected in a set, so four matrices of one size are counted as one.
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    unique = set(shapes)
    lora = n_layers * sum(r * (d + k) for d, k in unique)
    full = n_layers * sum(d * k for d, k in unique)
    report = {
        "lora_params": lora,
        "trainable": lora + head_params,
        "kept_ratio": lora / full,
        "reduction": 1 - lora / full,
    }
    if base_params is not None:
        report["trainable_ratio"] = (lora + head_params) / (base_params + lora)
    return report
