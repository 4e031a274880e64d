# cause: Prefix tuning is counted with keys only; the vectors before the values are missing.
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    match method:
        case "lora":
            return 2 * d * r * n_matrices * n_layers
        case "adapter":
            return (d * bottleneck + bottleneck + bottleneck * d + d) * per_layer * n_layers
        case "prefix":
            return n_virtual * d * n_layers
        case "prompt":
            return n_virtual * d
        case _:
            raise ValueError("no such method")
