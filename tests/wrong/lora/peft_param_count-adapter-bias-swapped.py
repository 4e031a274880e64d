# cause: Gives the adapters two biases of the inner width
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    if method == "lora":
        return n_layers * n_matrices * (d * r + r * d)
    if method == "adapter":
        one = (d * bottleneck + bottleneck) + (bottleneck * d + bottleneck)
        return one * per_layer * n_layers
    if method == "prefix":
        return 2 * n_virtual * d * n_layers
    if method == "prompt":
        return n_virtual * d
    raise ValueError(f"unknown method: {method}")
