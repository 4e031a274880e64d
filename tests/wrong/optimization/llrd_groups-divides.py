# cause: Divides by the decay as ULMFiT does with its 2.6, but here the decay is a factor below 1, so lower layers learn faster.
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
    top = len(model.bert.encoder.layer) - 1
    result = []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        pieces = name.split(".")
        if pieces[0] != "bert":
            lr = head_lr
        elif pieces[1] == "encoder":
            lr = base_lr / decay ** (top - int(pieces[3]))
        elif pieces[1] == "embeddings":
            lr = base_lr / decay ** (top + 1)
        else:
            lr = base_lr
        result.append({"params": [p], "lr": lr, "weight_decay": 0.0 if p.ndim < 2 else weight_decay})
    return result
