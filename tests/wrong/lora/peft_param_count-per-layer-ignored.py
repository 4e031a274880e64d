# cause: Per_layer is ignored, two adapters in every layer are taken for granted
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    formulas = {
        "lora": lambda: 2 * d * r * n_matrices * n_layers,
        "adapter": lambda: n_layers * 2 * (2 * d * bottleneck + bottleneck + d),
        "prefix": lambda: n_layers * 2 * n_virtual * d,
        "prompt": lambda: n_virtual * d,
    }
    if method not in formulas:
        raise ValueError(method)
    return formulas[method]()
