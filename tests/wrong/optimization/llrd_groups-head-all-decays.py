# cause: Puts the whole head into one group with weight decay, so its biases and LayerNorms decay too.
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
    head = [p for n, p in model.named_parameters() if not n.startswith("bert.") and p.requires_grad]
    groups: list[dict[str, Any]] = [{"params": head, "lr": head_lr, "weight_decay": weight_decay}]
    blocks = [model.bert.embeddings, *model.bert.encoder.layer]
    for depth, block in enumerate(reversed(blocks)):
        lr = base_lr * decay**depth
        parameters = list(block.parameters())
        if depth == 0 and model.bert.pooler is not None:
            parameters += list(model.bert.pooler.parameters())
        for wd, test in ((weight_decay, lambda p: p.ndim >= 2), (0.0, lambda p: p.ndim < 2)):
            chosen = [p for p in parameters if p.requires_grad and test(p)]
            groups.append({"params": chosen, "lr": lr, "weight_decay": wd})
    return [g for g in groups if g["params"]]
