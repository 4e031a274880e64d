# cause: The embeddings get their rate only inside "if pooler is not None", so without a pooler they get head_lr.
# function: llrd_groups

from typing import Any
from torch import nn

def llrd_groups(
    model: nn.Module,
    base_lr: float,
    decay: float,
    head_lr: float,
    weight_decay: float = 0.01,
) -> list[dict[str, Any]]:
    bert = model.bert
    layers = bert.encoder.layer
    rate = {p: head_lr for p in model.parameters()}
    for i, layer in enumerate(layers):
        for p in layer.parameters():
            rate[p] = base_lr * decay ** (len(layers) - 1 - i)
    if bert.pooler is not None:
        for p in bert.pooler.parameters():
            rate[p] = base_lr
        for p in bert.embeddings.parameters():
            rate[p] = base_lr * decay ** len(layers)

    groups = {}
    for p, lr in rate.items():
        if p.requires_grad:
            wd = weight_decay if p.ndim >= 2 else 0.0
            groups.setdefault((lr, wd), []).append(p)
    return [{"params": ps, "lr": lr, "weight_decay": wd} for (lr, wd), ps in groups.items()]
