# cause: kept_ratio and reduction are swapped.
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    a = sum(r * k for _, k in shapes)
    b = sum(d * r for d, _ in shapes)
    lora = (a + b) * n_layers
    total = sum(d * k for d, k in shapes) * n_layers
    result = {"lora_params": lora, "trainable": lora + head_params}
    result["reduction"] = lora / total
    result["kept_ratio"] = 1 - result["reduction"]
    if base_params is not None:
        result["trainable_ratio"] = result["trainable"] / (lora + base_params)
    return result
