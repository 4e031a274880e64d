# cause: The kept ratio is taken from all trainable numbers, so the head counts as if it were part of the factors.
# function: lora_report

import torch


def lora_report(
    shapes: list[tuple[int, int]], r: int, n_layers: int = 1, head_params: int = 0, base_params: int | None = None
) -> dict[str, float]:
    table = torch.tensor(shapes, dtype=torch.int64)
    lora_params = int(table.sum()) * r * n_layers
    matrices = int(table.prod(dim=1).sum()) * n_layers
    trainable = lora_params + head_params
    kept = trainable / matrices
    out = {"lora_params": lora_params, "trainable": trainable, "kept_ratio": kept, "reduction": 1.0 - kept}
    if base_params is not None:
        out["trainable_ratio"] = trainable / (base_params + lora_params)
    return out
