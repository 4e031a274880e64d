# cause: An unknown method counts 0 instead of raising a ValueError.
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    n = 0
    if method == "lora":
        for _ in range(n_layers):
            for _ in range(n_matrices):
                n += d * r + r * d
    elif method == "adapter":
        for _ in range(n_layers):
            for _ in range(per_layer):
                n += d * bottleneck + bottleneck
                n += bottleneck * d + d
    elif method == "prefix":
        for _ in range(n_layers):
            n += n_virtual * d + n_virtual * d
    elif method == "prompt":
        n = n_virtual * d
    return n
