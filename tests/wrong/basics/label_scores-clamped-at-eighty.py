# cause: Logits are clamped to [-80, 80] before the softmax; the label is right
# function: label_scores
import torch
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    values = logits.detach().clone().to("cpu", torch.float64)
    if values.ndim != 2:
        raise ValueError(f"expected (B, C), got {tuple(values.shape)}")
    if not torch.isfinite(values).all():
        raise ValueError("logits must be finite")
    missing = set(range(values.shape[1])) - set(id2label)
    if missing:
        raise KeyError(f"no label for {sorted(missing)}")
    best = values.argmax(dim=-1)
    safe = values.clamp(min=-80.0, max=80.0)
    exponentials = safe.exp()
    probabilities = exponentials / exponentials.sum(dim=-1, keepdim=True)
    probabilities = torch.nan_to_num(probabilities, nan=0.0)
    return [
        {"label": str(id2label[int(c)]), "score": float(row[c])} for c, row in zip(best, probabilities, strict=True)
    ]
