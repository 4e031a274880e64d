# cause: The ratios are given in percent instead of as fractions of 1.
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora_params = n_layers * sum(r * (d + k) for d, k in shapes)
    full_params = n_layers * sum(d * k for d, k in shapes)
    kept = 100 * lora_params / full_params
    report = {
        "lora_params": lora_params,
        "trainable": lora_params + head_params,
        "kept_ratio": kept,
        "reduction": 100 - kept,
    }
    if base_params is not None:
        report["trainable_ratio"] = 100 * (lora_params + head_params) / (base_params + lora_params)
    return report
