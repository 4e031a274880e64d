# cause: The trainable ratio is divided by base_params alone, the LoRA numbers are missing in the denominator.
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora = 0
    full = 0
    for d, k in shapes:
        lora += d * r + r * k
        full += d * k
    lora *= n_layers
    full *= n_layers
    rep = {
        "lora_params": lora,
        "trainable": lora + head_params,
        "kept_ratio": lora / full,
        "reduction": (full - lora) / full,
    }
    if base_params:
        rep["trainable_ratio"] = rep["trainable"] / base_params
    return rep
