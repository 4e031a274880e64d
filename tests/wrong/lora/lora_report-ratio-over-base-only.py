# cause: Divides the trainable numbers by those of the base model alone, without the factors that were added
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora_params, matrices = 0, 0
    for d, k in shapes:
        lora_params += r * (d + k) * n_layers
        matrices += d * k * n_layers
    trainable = lora_params + head_params
    report = dict(lora_params=lora_params, trainable=trainable, kept_ratio=lora_params / matrices)
    report["reduction"] = 1 - report["kept_ratio"]
    if base_params is not None:
        report["trainable_ratio"] = trainable / base_params
    return report
