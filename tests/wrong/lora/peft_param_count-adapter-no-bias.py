# cause: Counts only the two weight matrices of an adapter and leaves its biases out.
# function: peft_param_count


def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    match method:
        case "lora":
            per = n_matrices * (d * r + r * d)
        case "adapter":
            per = per_layer * (d * bottleneck + bottleneck * d)
        case "prefix":
            per = 2 * n_virtual * d
        case "prompt":
            return n_virtual * d
        case _:
            raise ValueError("method must be lora, adapter, prefix or prompt")
    return n_layers * per
