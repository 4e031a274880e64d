# cause: The factors of all layers are compared with the matrices of one layer only.
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora_params = sum((d + k) * r for d, k in shapes) * n_layers
    orig = sum(d * k for d, k in shapes)
    kept_ratio = lora_params / orig
    rep = {
        "lora_params": lora_params,
        "trainable": lora_params + head_params,
        "kept_ratio": kept_ratio,
        "reduction": 1 - kept_ratio,
    }
    if base_params is not None:
        rep["trainable_ratio"] = (lora_params + head_params) / (base_params + lora_params)
    return rep
