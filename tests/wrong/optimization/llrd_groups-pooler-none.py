# cause: Asks the pooler for its parameters without looking whether there is one, so a model without a pooler raises.
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
    L = len(bert.encoder.layer)
    parts = [(list(bert.pooler.parameters()), base_lr)]
    for i in range(L):
        parts.append((list(bert.encoder.layer[i].parameters()), base_lr * decay ** (L - 1 - i)))
    parts.append((list(bert.embeddings.parameters()), base_lr * decay**L))
    inside = {p for p in bert.parameters()}
    parts.append(([p for p in model.parameters() if p not in inside], head_lr))

    out = []
    for params, lr in parts:
        params = [p for p in params if p.requires_grad]
        out.append({"params": [p for p in params if p.ndim >= 2], "lr": lr, "weight_decay": weight_decay})
        out.append({"params": [p for p in params if p.ndim < 2], "lr": lr, "weight_decay": 0.0})
    return [g for g in out if g["params"]]
