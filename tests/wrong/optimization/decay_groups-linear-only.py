# cause: Lets only the weights of nn.Linear decay, so embeddings, LSTMs and convolutions do not (the whitelist of minGPT).
# function: decay_groups

from typing import Any

from torch import nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    whitelist = set()
    for module in model.modules():
        if isinstance(module, nn.Linear):
            whitelist.add(module.weight)
    params = [p for p in model.parameters() if p.requires_grad]
    optim_groups = [
        {"params": [p for p in params if p in whitelist], "weight_decay": weight_decay},
        {"params": [p for p in params if p not in whitelist], "weight_decay": 0.0},
    ]
    return optim_groups
