# cause: Prompt vectors are counted in every layer instead of at the input only.
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    if method == "lora":
        per = n_matrices * (d * r + r * d)
    elif method == "adapter":
        per = per_layer * ((d + 1) * bottleneck + (bottleneck + 1) * d)
    elif method == "prefix":
        per = 2 * n_virtual * d
    elif method == "prompt":
        per = n_virtual * d
    else:
        raise ValueError(method)
    return per * n_layers
