# cause: Counts 2 * d * r for the factors of every matrix, as if d and k were always equal
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora = n_layers * sum(2 * d * r for d, k in shapes)
    full = n_layers * sum(d * k for d, k in shapes)
    out = {
        "lora_params": lora,
        "trainable": lora + head_params,
        "kept_ratio": lora / full,
        "reduction": 1 - lora / full,
    }
    if base_params is not None:
        out["trainable_ratio"] = out["trainable"] / (base_params + lora)
    return out
