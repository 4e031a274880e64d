# cause: The ratio is computed per matrix and then averaged, instead of over all matrices together.
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora = n_layers * sum(r * (d + k) for d, k in shapes)
    kept = sum(r * (d + k) / (d * k) for d, k in shapes) / len(shapes)
    out = {"lora_params": lora, "trainable": lora + head_params, "kept_ratio": kept, "reduction": 1 - kept}
    if base_params is not None:
        out["trainable_ratio"] = out["trainable"] / (base_params + lora)
    return out
