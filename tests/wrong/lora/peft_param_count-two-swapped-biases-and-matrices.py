# cause: The number of adapted matrices is taken to be always two; and both adapter biases are counted with width m.
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    if method == "lora":
        return n_layers * 4 * d * r
    if method == "adapter":
        return n_layers * per_layer * (2 * d * bottleneck + 2 * bottleneck)
    if method == "prefix":
        return 2 * n_layers * n_virtual * d
    if method == "prompt":
        return n_virtual * d
    raise ValueError("unknown")
