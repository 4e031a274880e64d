# cause: lora counts the dimension r (2d - r) of the manifold of rank-r matrices instead of the 2 d r parameters of the two factors
# function: peft_param_count
def peft_param_count(method, *, d, n_layers, r=0, n_matrices=2, bottleneck=0, per_layer=2, n_virtual=0):
    """Dimension of the manifold on which the optimizer moves."""
    match method:
        case "lora":
            # dim M_r = r (d + d - r): (B, A) and (B G, G^-1 A) are the same update
            return n_layers * n_matrices * r * (2 * d - r)
        case "adapter":
            return n_layers * per_layer * (2 * d * bottleneck + bottleneck + d)
        case "prefix":
            return n_layers * 2 * n_virtual * d
        case "prompt":
            return n_virtual * d
        case _:
            raise ValueError(f"unknown method {method!r}")
