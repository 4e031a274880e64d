"""peft_param_count as a table of lambdas; an unknown method is the table's own KeyError."""


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    table = {
        "lora": lambda: n_layers * n_matrices * 2 * d * r,
        "adapter": lambda: n_layers * per_layer * ((d + 1) * bottleneck + (bottleneck + 1) * d),
        "prefix": lambda: 2 * n_layers * n_virtual * d,
        "prompt": lambda: n_virtual * d,
    }
    return table[method]()
