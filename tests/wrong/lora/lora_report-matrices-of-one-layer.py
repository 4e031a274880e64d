# cause: Kept_ratio divides the factors of all layers by the matrices of a single layer.
# function: lora_report


def lora_report(
    shapes: list[tuple[int, int]],
    r: int,
    n_layers: int = 1,
    head_params: int = 0,
    base_params: int | None = None,
) -> dict[str, float]:
    lora = n_layers * sum(r * (d + k) for d, k in shapes)
    full = sum(d * k for d, k in shapes)
    report = {
        "lora_params": lora,
        "trainable": lora + head_params,
        "kept_ratio": lora / full,
        "reduction": 1 - lora / full,
    }
    if base_params is not None:
        report["trainable_ratio"] = (lora + head_params) / (base_params + lora)
    return report
