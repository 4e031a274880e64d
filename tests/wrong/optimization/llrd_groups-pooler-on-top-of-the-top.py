# cause: Continues the formula one step above the top layer for the pooler, base_lr / decay.
# function: llrd_groups

from typing import Any
from torch import nn


def llrd_groups(
    model: nn.Module, base_lr: float, decay: float, head_lr: float, weight_decay: float = 0.01
) -> list[dict[str, Any]]:
    bert, L = (model.bert, len(model.bert.encoder.layer))
    floors = [bert.embeddings, *bert.encoder.layer]
    if bert.pooler is not None:
        floors.append(bert.pooler)
    rate = {p: base_lr * decay ** (L - height) for height, part in enumerate(floors) for p in part.parameters()}
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for p in model.parameters():
        if p.requires_grad:
            groups.setdefault((rate.get(p, head_lr), p.dim() > 1), []).append(p)
    return [{"params": ps, "lr": lr, "weight_decay": weight_decay * matrix} for (lr, matrix), ps in groups.items()]
