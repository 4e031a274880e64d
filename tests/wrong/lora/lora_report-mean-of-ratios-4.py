# cause: in a hurry: kept_ratio is the mean of the ratios of the single matrices, which is the ratio of the sums only if all shapes are the same
# function: lora_report


def lora_report(
    shapes: list[tuple[int, int]],
    r: int,
    n_layers: int = 1,
    head_params: int = 0,
    base_params: int | None = None,
) -> dict[str, float]:
    """Count the factors and compare them with the matrices."""
    lora_params = n_layers * sum(r * (d + k) for d, k in shapes)
    trainable = lora_params + head_params
    ratios = [r * (d + k) / (d * k) for d, k in shapes]
    kept_ratio = sum(ratios) / len(ratios)
    report = {
        "lora_params": lora_params,
        "trainable": trainable,
        "kept_ratio": kept_ratio,
        "reduction": 1 - kept_ratio,
    }
    if base_params is not None:
        report["trainable_ratio"] = trainable / (base_params + lora_params)
    return report
