# cause: The head counts as LoRA's in kept_ratio and reduction; and: kept_ratio is divided by one layer's matrices although the factors are those of all layers
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    per_layer = sum(d * r + r * k for d, k in shapes)
    lora = per_layer * n_layers
    trainable = lora + head_params
    kept = trainable / sum(d * k for d, k in shapes)
    res = {"lora_params": lora, "trainable": trainable, "kept_ratio": kept, "reduction": 1 - kept}
    if base_params is not None:
        res["trainable_ratio"] = trainable / (base_params + lora)
    return res
