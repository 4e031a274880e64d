# cause: Divides the trainable numbers by base_params alone, without the new factors; and: gives the share in percent.
# function: lora_report

from math import prod


def lora_report(
    shapes: list[tuple[int, int]],
    r: int,
    n_layers: int = 1,
    head_params: int = 0,
    base_params: int | None = None,
) -> dict[str, float]:
    lora = sum(sum(shape) * r for shape in shapes) * n_layers
    full = sum(prod(shape) for shape in shapes) * n_layers
    kept = lora / full
    result = {"lora_params": lora, "trainable": lora + head_params, "kept_ratio": kept, "reduction": 1 - kept}
    if base_params is not None:
        result["trainable_ratio"] = 100 * result["trainable"] / base_params
    return result
