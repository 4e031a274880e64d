# cause: The head is added to the numbers of the base model, which already contain it, so trainable_ratio comes out too small.
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora_params = n_layers * sum(r * (d + k) for d, k in shapes)
    adapted = n_layers * sum(d * k for d, k in shapes)
    trainable = lora_params + head_params
    out = dict(lora_params=lora_params, trainable=trainable)
    out["kept_ratio"] = lora_params / adapted
    out["reduction"] = 1.0 - out["kept_ratio"]
    if base_params is not None:
        all_params = base_params + lora_params + head_params
        out["trainable_ratio"] = trainable / all_params
    return out
