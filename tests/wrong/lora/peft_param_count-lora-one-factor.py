# cause: LoRA is counted with one factor per matrix instead of two.
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    if method == "lora":
        return n_layers * n_matrices * d * r
    if method == "adapter":
        return n_layers * per_layer * (2 * d * bottleneck + bottleneck + d)
    if method == "prefix":
        return n_layers * 2 * n_virtual * d
    if method == "prompt":
        return n_virtual * d
    raise ValueError(method)
