# cause: The biases of the adapter's projections are not counted.
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    table = {
        "lora": n_layers * n_matrices * 2 * d * r,
        "adapter": n_layers * per_layer * 2 * d * bottleneck,
        "prefix": 2 * n_layers * n_virtual * d,
        "prompt": n_virtual * d,
    }
    if method not in table:
        raise ValueError(f"unknown method {method!r}")
    return table[method]
