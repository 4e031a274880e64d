# cause: A negative reduction is clipped to 0.
# function: lora_report
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    n = sum(r * (d + k) for (d, k) in shapes) * n_layers
    m = sum(d * k for (d, k) in shapes) * n_layers
    rep = {
        "lora_params": n,
        "trainable": n + head_params,
        "kept_ratio": n / m,
        "reduction": max(0.0, 1 - n / m),
    }
    if base_params is not None:
        rep["trainable_ratio"] = (n + head_params) / (base_params + n)
    return rep
