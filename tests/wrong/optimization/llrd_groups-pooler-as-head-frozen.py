# cause: Counts the pooler to the head and gives it head_lr; and: puts frozen parameters into the groups.
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
    opt_parameters = []
    num_layers = model.config.num_hidden_layers
    for name, params in model.named_parameters():
        wd = weight_decay if params.ndim >= 2 else 0.0
        lr = head_lr  # regressor and pooler
        if name.startswith("bert.embeddings"):
            lr = base_lr * (decay**num_layers)
        elif name.startswith("bert.encoder"):
            layer_num = int(name.split(".")[3])
            lr = base_lr * (decay ** (num_layers - 1 - layer_num))
        opt_parameters.append({"params": [params], "weight_decay": wd, "lr": lr})
    return opt_parameters
