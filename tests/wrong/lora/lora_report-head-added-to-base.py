# cause: The size of the whole model adds the head once more, although base_params includes it.
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    per_layer = sum(r * d + r * k for d, k in shapes)
    lora_params = per_layer * n_layers
    adapted = sum(d * k for (d, k) in shapes) * n_layers
    trainable = lora_params + head_params
    report = {"lora_params": lora_params, "trainable": trainable}
    report["kept_ratio"] = lora_params / adapted
    report["reduction"] = (adapted - lora_params) / adapted
    if base_params is not None:
        total = base_params + trainable
        report["trainable_ratio"] = trainable / total
    return report
