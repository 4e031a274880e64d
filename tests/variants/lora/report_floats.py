"""lora_report adds up matrix by matrix in a loop, and every value is a float, as the annotation says."""


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    factors = originals = 0.0
    for _ in range(n_layers):
        for d, k in shapes:
            factors += d * r
            factors += r * k
            originals += d * k
    result = {}
    result["lora_params"] = factors
    result["trainable"] = factors + float(head_params)
    result["kept_ratio"] = factors / originals
    result["reduction"] = 1.0 - factors / originals
    if base_params is None:
        return result
    result["trainable_ratio"] = result["trainable"] / (float(base_params) + factors)
    return result
