# cause: Multiplies the factors by the number of layers but compares them with the matrices of a single layer.
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora_params = n_layers * sum(r * (d + k) for d, k in shapes)
    adapted = sum(d * k for d, k in shapes)
    trainable = lora_params + head_params
    out = dict(lora_params=lora_params, trainable=trainable)
    out["kept_ratio"] = lora_params / adapted
    out["reduction"] = 1 - out["kept_ratio"]
    if base_params is not None:
        out["trainable_ratio"] = trainable / (base_params + lora_params)
    return out
