# cause: A method that is not in the table gives 0 parameters instead of an error.
# function: peft_param_count


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    table = {
        "lora": n_layers * n_matrices * 2 * r * d,
        "adapter": n_layers * per_layer * (d * bottleneck + bottleneck + bottleneck * d + d),
        "prefix": n_layers * 2 * n_virtual * d,
        "prompt": n_virtual * d,
    }
    return table.get(method, 0)
