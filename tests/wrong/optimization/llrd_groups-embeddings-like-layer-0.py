# cause: Gives the embeddings the rate of layer 0 and forgets that they are one step further from the head.
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
    n_layers = len(model.bert.encoder.layer)

    def rate(name: str) -> float:
        if name.startswith("bert.embeddings."):
            return base_lr * decay ** (n_layers - 1)
        if name.startswith("bert.encoder.layer."):
            return base_lr * decay ** (n_layers - 1 - int(name.split(".")[3]))
        if name.startswith("bert."):
            return base_lr
        return head_lr

    return [
        {"params": [p], "lr": rate(n), "weight_decay": weight_decay if p.ndim >= 2 else 0.0}
        for n, p in model.named_parameters()
        if p.requires_grad
    ]
