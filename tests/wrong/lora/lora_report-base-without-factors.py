# cause: The trainable ratio divides by the old size of the model and forgets that the factors were added to it.
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    lora_params, matrix_params = 0, 0
    for _ in range(n_layers):
        for d, k in shapes:
            lora_params += d * r + r * k
            matrix_params += d * k
    trainable = lora_params + head_params
    result = dict(lora_params=lora_params, trainable=trainable)
    result["kept_ratio"] = lora_params / matrix_params
    result["reduction"] = 1 - result["kept_ratio"]
    if base_params is not None:
        result["trainable_ratio"] = trainable / base_params
    return result
