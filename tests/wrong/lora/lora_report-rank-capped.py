# cause: The rank is silently limited to the smaller side of each matrix, so a large r counts fewer numbers than are trained.
# function: lora_report


def lora_report(
    shapes: list[tuple[int, int]],
    r: int,
    n_layers: int = 1,
    head_params: int = 0,
    base_params: int | None = None,
) -> dict[str, float]:
    lora_params, matrix_params = 0, 0
    for _layer in range(n_layers):
        for d, k in shapes:
            rank = min(r, d, k)
            lora_params += d * rank + rank * k
            matrix_params += d * k
    out = {"lora_params": lora_params, "trainable": lora_params + head_params}
    out["kept_ratio"] = lora_params / matrix_params
    out["reduction"] = 1.0 - out["kept_ratio"]
    if base_params is not None:
        out["trainable_ratio"] = out["trainable"] / (base_params + lora_params)
    return out
