# cause: Thinks that the head is always called classifier, so the parts of a head with another name are in no group.
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
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    n_layers = model.config.num_hidden_layers
    prefixes = [("classifier", head_lr), ("bert.pooler", base_lr)]
    prefixes += [(f"bert.encoder.layer.{i}.", base_lr * decay ** (n_layers - 1 - i)) for i in range(n_layers)]
    prefixes += [("bert.embeddings", base_lr * decay**n_layers)]
    groups = []
    for prefix, lr in prefixes:
        for name, param in named:
            if name.startswith(prefix):
                wd = weight_decay if param.dim() > 1 else 0.0
                groups.append({"params": [param], "lr": lr, "weight_decay": wd})
    return groups
