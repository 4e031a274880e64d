# cause: The kept ratio is the mean of the ratios of the single matrices, not the factors of all over the numbers of all.
# function: lora_report


def lora_report(
    shapes: list[tuple[int, int]],
    r: int,
    n_layers: int = 1,
    head_params: int = 0,
    base_params: int | None = None,
) -> dict[str, float]:
    factors = [r * (d + k) for d, k in shapes]
    ratios = [factor / (d * k) for factor, (d, k) in zip(factors, shapes, strict=True)]
    lora_params = n_layers * sum(factors)
    kept_ratio = sum(ratios) / len(ratios)
    report = {
        "lora_params": lora_params,
        "trainable": lora_params + head_params,
        "kept_ratio": kept_ratio,
        "reduction": 1 - kept_ratio,
    }
    if base_params is not None:
        report["trainable_ratio"] = report["trainable"] / (base_params + lora_params)
    return report
