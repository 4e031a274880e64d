# cause: A matrix's factors are counted as r * d * k instead of r * (d + k).
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora = sum(r * d * k for d, k in shapes) * n_layers
    full = sum(d * k for d, k in shapes) * n_layers
    rep = {
        "lora_params": lora,
        "trainable": lora + head_params,
        "kept_ratio": lora / full,
        "reduction": 1 - lora / full,
    }
    if base_params is not None:
        rep["trainable_ratio"] = rep["trainable"] / (base_params + lora)
    return rep
