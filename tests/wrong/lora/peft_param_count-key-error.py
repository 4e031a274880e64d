# cause: An unknown method ends in a KeyError of the look-up table instead of a ValueError.
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    formulas = {
        "lora": lambda: n_layers * n_matrices * 2 * r * d,
        "adapter": lambda: n_layers * per_layer * (2 * d * bottleneck + bottleneck + d),
        "prefix": lambda: n_layers * 2 * n_virtual * d,
        "prompt": lambda: n_virtual * d,
    }
    return formulas[method]()
