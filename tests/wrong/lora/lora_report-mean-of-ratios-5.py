# cause: kept_ratio is the mean of the ratios of the matrices, not the factors over all adapted matrices together
# function: lora_report
def lora_report(
    shapes: list[tuple[int, int]],
    r: int,
    n_layers: int = 1,
    head_params: int = 0,
    base_params: int | None = None,
) -> dict[str, float]:
    lora = n_layers * sum(r * (d + k) for d, k in shapes)
    trainable = lora + head_params
    kept = sum(r * (d + k) / (d * k) for d, k in shapes) / len(shapes)
    report = {"lora_params": lora, "trainable": trainable, "kept_ratio": kept, "reduction": 1 - kept}
    if base_params is not None:
        report["trainable_ratio"] = trainable / (base_params + lora)
    return report
