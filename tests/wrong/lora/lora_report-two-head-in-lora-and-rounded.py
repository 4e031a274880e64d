# cause: The head is counted among lora_params; and the ratios are rounded to two digits.
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora = sum(r * (d + k) for d, k in shapes) * n_layers + head_params
    full = sum(d * k for d, k in shapes) * n_layers
    rep = {
        "lora_params": lora,
        "trainable": lora,
        "kept_ratio": round(lora / full, 2),
        "reduction": round(1 - lora / full, 2),
    }
    if base_params is not None:
        rep["trainable_ratio"] = round(lora / (base_params + lora), 2)
    return rep
