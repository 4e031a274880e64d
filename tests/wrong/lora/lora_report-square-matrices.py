# cause: Every matrix is taken to be square: both factors are counted with the output width d.
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora_params = 0
    adapted = 0
    for layer in range(n_layers):
        for d, k in shapes:
            lora_params += 2 * d * r
            adapted += d * k
    trainable = lora_params + head_params
    kept = lora_params / adapted
    out = dict(lora_params=lora_params, trainable=trainable, kept_ratio=kept, reduction=1 - kept)
    if base_params is not None:
        out["trainable_ratio"] = trainable / (base_params + lora_params)
    return out
