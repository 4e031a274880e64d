# cause: Values that are zero are dropped together with None: at the break-even rank, the key "reduction" is missing
# function: lora_report


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    n = n_layers * r * sum(map(sum, shapes))
    kept = n / n_layers / sum(d * k for d, k in shapes)
    t = n + head_params
    names = "lora_params", "trainable", "kept_ratio", "reduction", "trainable_ratio"
    values = n, t, kept, 1 - kept, base_params and t / (base_params + n)
    return {k: v for k, v in zip(names, values, strict=True) if v}
